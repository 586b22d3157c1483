import assert from "node:assert/strict";
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { CallbackTest, isCallbackTest, isOwnCallbackTest } from "../../../../src/hcp/diagnosis/callback-test";
import { loopbackTls } from "../../../support/loopback-tls";
import { ManualClock } from "../../../support/manual-clock";

describe("the test of a callback address", () => {
  let server: Server;
  let requests: { url: string; body: string }[];
  let respond: RequestListener;
  let clock: ManualClock;
  let advice: (Error & { code?: string })[];
  let open: CallbackTest[];

  beforeEach(async () => {
    [requests, advice, open] = [[], [], []];
    clock = new ManualClock();
    respond = (request, response) => {
      isOwnCallbackTest(request.headers);
      response.end("OK");
    };
    server = createServer((request, response) => {
      let body = "";
      request.setEncoding("utf8").on("data", (text: string) => (body += text));
      request.on("end", () => {
        requests.push({ url: request.url ?? "", body });
        respond(request, response);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterEach(async () => {
    for (const each of open) each.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const address = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}/hcp/events/t0ken`;
  function subject(url: string | undefined = address()): CallbackTest {
    const made = new CallbackTest({ clock, url, onAdvice: (error) => advice.push(error) });
    open.push(made);
    return made;
  }
  const failure = async (test: CallbackTest): Promise<string> => {
    const result = await test.post();
    return result.ok ? "" : result.message;
  };

  it("posts without an event, and succeeds when this process recognises the post", async () => {
    const { ok } = await subject().post();
    assert.equal(ok, true);
    const [request] = requests;
    assert.equal(request?.url, "/hcp/events/t0ken");
    assert.ok(isCallbackTest(Buffer.from(request.body)));
    assert.deepEqual((JSON.parse(request.body) as { params: unknown }).params, { events: [] });
  });

  it("fails when another server responds", async () => {
    respond = (_, response) => response.end("<html>welcome</html>");
    assert.match(await failure(subject()), /Another server responds/);
  });

  for (const [status, expected] of [
    [401, /requires a login/],
    [404, /responded with 404/],
    [302, /responded with 302/],
  ] as const) {
    it(`explains a response of ${status}, and follows no redirect`, async () => {
      respond = (_, response) => response.writeHead(status, { Location: "/elsewhere" }).end("secret text");
      const message = await failure(subject());
      assert.match(message, expected);
      assert.ok(!message.includes("secret text"));
      assert.equal(requests.length, 1);
    });
  }

  it("reports that the connection is refused, without the token", async () => {
    const url = address();
    await new Promise((resolve) => server.close(resolve));
    const message = await failure(subject(url));
    assert.match(message, /ECONNREFUSED/);
    assert.ok(!message.includes("t0ken"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });

  it("reports a certificate that this machine does not trust but the platform may trust", async () => {
    const secure = createTlsServer(loopbackTls).listen(0, "127.0.0.1");
    await new Promise((resolve) => secure.once("listening", resolve));
    const { port } = secure.address() as AddressInfo;
    const message = await failure(subject(`https://127.0.0.1:${port}/hcp/events/t0ken`));
    await new Promise((resolve) => secure.close(resolve));
    assert.match(message, /does not trust the certificate.*HikCentral may/);
    assert.doesNotMatch(message, /t0ken|switch verification off/);
  });

  it("sends one post for simultaneous calls", async () => {
    const test = subject();
    await Promise.all([test.post(), test.post(), test.post()]);
    assert.equal(requests.length, 1);
  });

  it("recognises its post by the nonce alone, and only while the test runs", () => {
    assert.equal(isOwnCallbackTest({ "x-callback-test": "guess" }), false);
    assert.equal(isOwnCallbackTest({}), false);
  });

  describe("at the start", () => {
    const settled = async (times: number): Promise<void> => {
      while (requests.length < times) await new Promise(setImmediate);
      await new Promise((resolve) => setTimeout(resolve, 20));
    };

    it("reports nothing when the post arrives, and does not repeat it", async () => {
      const test = subject();
      test.start();
      clock.advance(0);
      await settled(1);
      test.start();
      clock.advance(60);
      await settled(1);
      assert.deepEqual([requests.length, advice], [1, []]);
    });

    it("reports a failure as advice, after several attempts", async () => {
      respond = (_, response) => response.writeHead(404).end();
      subject().start();
      for (const [times, wait] of [
        [1, 0],
        [2, 2],
        [3, 10],
      ] as const) {
        assert.deepEqual(advice, []);
        clock.advance(wait);
        await settled(times);
      }
      assert.deepEqual(
        advice.map(({ code }) => code),
        ["HCP_CALLBACK"],
      );
    });

    it("reports nothing after the platform has posted", async () => {
      respond = (_, response) => response.writeHead(404).end();
      const test = subject();
      test.start();
      clock.advance(0);
      await settled(1);
      test.proven();
      clock.advance(60);
      await settled(1);
      assert.deepEqual([requests.length, advice], [1, []]);
    });
  });
});
