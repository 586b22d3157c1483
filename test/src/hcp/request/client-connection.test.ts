import assert from "node:assert/strict";
import { once } from "node:events";
import { setImmediate as nextTurn } from "node:timers/promises";
import { afterEach, beforeEach, describe, it } from "mocha";
import { Agent } from "undici";
import { HcpClient, type HcpClientOptions } from "../../../../src/hcp/request/client";
import { startHcpGateway, type Fault, type HcpGateway } from "../../../servers/hcp-gateway";
import { failure, keys, version } from "../../../support/hcp-failure";
import { loopbackTls } from "../../../support/loopback-tls";

const { appKey, appSecret } = keys;

describe("HcpClient's connection", () => {
  let gateway: HcpGateway;
  let client: HcpClient;

  const connect = (options: Partial<HcpClientOptions> = {}): HcpClient =>
    new HcpClient({ url: gateway.url, appKey, appSecret, random: () => 0, ...options });

  beforeEach(async () => {
    gateway = await startHcpGateway({ appKey, appSecret });
    client = connect();
  });
  afterEach(async () => {
    await client.close();
    await gateway.close();
  });

  describe("the code of a failed request", () => {
    it("is CONNECTION_REFUSED if the port is closed", async () => {
      const unused = await startHcpGateway({ appKey, appSecret });
      await unused.close();
      const unreachable = connect({ url: unused.url });
      assert.equal((await failure(unreachable)).code, "CONNECTION_REFUSED");
      await unreachable.close();
    });

    it("is HOST_UNKNOWN if the host name is unknown", async () => {
      const dispatcher = new Agent({
        connect: {
          lookup: (host, _options, callback) => {
            callback(Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: "ENOTFOUND" }), "", 4);
          },
        },
      });
      const lost = connect({ url: "http://hikcentral.invalid", dispatcher });
      assert.equal((await failure(lost)).code, "HOST_UNKNOWN");
      await dispatcher.close();
    });

    it("is CONNECTION_LOST if the connection is cut", async () => {
      gateway.fail("drop");
      assert.equal((await failure(client)).code, "CONNECTION_LOST");
      assert.equal(gateway.requests.length, 1, "sent only once: it may have taken effect");
    });

    it("is TIMEOUT without a response in time", async () => {
      const shortTimeout = connect({ timeout: 0.05 });
      gateway.fail("hang");
      assert.equal((await failure(shortTimeout)).code, "TIMEOUT");
      await shortTimeout.close();
    });

    it("is CLOSED if the client is closed", async () => {
      gateway.fail("hang");
      const pending = failure(client);
      await client.close();
      assert.equal((await pending).code, "CLOSED");
      assert.equal((await failure(client)).code, "CLOSED");
    });

    it("is CLOSED if the caller cancels", async () => {
      const abort = new AbortController();
      gateway.fail("hang");
      const pending = client.request(version, {}, { signal: abort.signal });
      abort.abort();
      await assert.rejects(pending, { code: "CLOSED" });
    });
  });

  describe("waiting requests", () => {
    /** Starts requests to which the gateway never responds; some of them wait. */
    const hanging = (count: number, busy: HcpClient): Promise<string>[] => {
      gateway.fail("hang", count);
      return Array.from({ length: count }, () => failure(busy).then(({ code }) => code));
    };

    it("are limited by the options; the next one is rejected", async () => {
      const small = connect({ concurrency: 2, pending: 3 });
      const waiting = hanging(5, small);
      assert.equal((await failure(small)).code, "QUEUE_FULL");
      await small.close();
      assert.deepEqual(new Set(await Promise.all(waiting)), new Set(["CLOSED"]));
    });

    it("are limited to 10,000 by default", async () => {
      const waiting = hanging(10_008, client);
      assert.equal((await failure(client)).code, "QUEUE_FULL");
      await client.close();
      assert.deepEqual(new Set(await Promise.all(waiting)), new Set(["CLOSED"]));
    });

    it("cause no warning, however many share a signal", async () => {
      const wide = connect({ concurrency: 20 });
      const warnings: Error[] = [];
      const note = (warning: Error): unknown => warnings.push(warning);
      process.on("warning", note);
      const { signal } = new AbortController();
      await Promise.all(Array.from({ length: 60 }, () => wide.request(version, {}, { signal })));
      await nextTurn();
      process.off("warning", note);
      assert.deepEqual(warnings, []);
      await wide.close();
    });

    it("have their full timeout when their turn comes", async () => {
      const slow = connect({ concurrency: 1, timeout: 0.3 });
      gateway.latencyMs = 100;
      const replies = await Promise.all(Array.from({ length: 6 }, () => slow.request(version)));
      assert.ok(replies.every(({ durationMs }) => durationMs < 300));
      await slow.close();
    });

    it("are never sent if their caller cancels, and end at once", async () => {
      const one = connect({ concurrency: 1 });
      const [busy] = hanging(1, one);
      const abort = new AbortController();
      const waiting = Array.from({ length: 3 }, () => one.request(version, {}, { signal: abort.signal }));
      abort.abort();
      for (const each of waiting) await assert.rejects(each, { code: "CLOSED" });
      await one.close();
      assert.equal(await busy, "CLOSED");
      assert.ok(gateway.requests.length <= 1);
    });
  });

  describe("a sent request without a response", () => {
    const open = (doors: HcpClient, signal?: AbortSignal): Promise<unknown> =>
      doors.call("acs/door/doControl", { doorIndexCodes: ["12"], controlType: 1 }, { signal });
    const unknown = { code: "HCP_OUTCOME_UNKNOWN", message: /its effect is unknown/ };

    it("is an unknown outcome if it changes something and the connection breaks", async () => {
      gateway.fail("act-and-drop");
      await assert.rejects(open(client), unknown);
      assert.equal(gateway.platform.doorControls.get("12"), 1, "it did take effect");
      assert.equal(gateway.requests.length, 1, "it is not sent again");
    });

    it("is an unknown outcome if it changes something and the timeout ends, with the reason as its cause", async () => {
      const shortTimeout = connect({ timeout: 0.1 });
      gateway.fail("hang");
      await assert.rejects(open(shortTimeout), (error: Error & { cause: { code?: string } }) => {
        assert.equal((error as { code?: string }).code, unknown.code);
        assert.equal(error.cause.code, "TIMEOUT");
        assert.match(error.message, /did not respond to .*doControl within 0\.1 s/);
        return true;
      });
      await shortTimeout.close();
    });

    it("is an unknown outcome if it changes something and a proxy responds with 504", async () => {
      gateway.fail({ status: 504 });
      await assert.rejects(open(client), unknown);
    });

    it("is an unknown outcome if it changes something and its caller cancels", async () => {
      const abort = new AbortController();
      gateway.fail("hang");
      const pending = open(client, abort.signal);
      await once(gateway, "request");
      abort.abort();
      await assert.rejects(pending, unknown);
    });

    it("keeps its error if it only reads", async () => {
      gateway.fail("drop");
      await assert.rejects(client.call("common/version"), { code: "CONNECTION_LOST" });
    });

    it("is not an unknown outcome if no connection was made, or the gateway rejected it", async () => {
      gateway.fail({ code: "0x02401007" });
      await assert.rejects(open(client), { code: "HCP_FORBIDDEN" });
      const unused = await startHcpGateway({ appKey, appSecret });
      await unused.close();
      const unreachable = connect({ url: unused.url });
      await assert.rejects(open(unreachable), { code: "CONNECTION_REFUSED" });
      await unreachable.close();
    });
  });

  describe("TLS", () => {
    let secure: HcpGateway;
    beforeEach(async () => {
      secure = await startHcpGateway({ appKey, appSecret, tls: loopbackTls });
    });
    afterEach(async () => {
      await secure.close();
    });

    it("rejects an untrusted certificate", async () => {
      const strict = connect({ url: secure.url });
      assert.equal((await failure(strict)).code, "TLS_FAILED");
      assert.equal(secure.requests.length, 0);
      await strict.close();
    });

    it("fails with a cause that can be converted to JSON", async () => {
      const tls = { ca: loopbackTls.cert, servername: "elsewhere.example" };
      const misled = connect({ url: secure.url, tls });
      const { code, cause } = await failure(misled);
      assert.equal(code, "TLS_FAILED");
      assert.equal(
        (JSON.parse(JSON.stringify(cause)) as { code: string }).code,
        "ERR_TLS_CERT_ALTNAME_INVALID",
      );
      await misled.close();
    });

    it("accepts it with its authority, or without verification for this client alone", async () => {
      for (const options of [{ tls: { ca: loopbackTls.cert } }, { verifyTls: false }]) {
        const trusting = connect({ url: secure.url, ...options });
        assert.equal((await trusting.request(version)).code, "0");
        await trusting.close();
      }
      assert.equal(process.env.NODE_TLS_REJECT_UNAUTHORIZED, undefined);
      const strict = connect({ url: secure.url });
      assert.equal((await failure(strict)).code, "TLS_FAILED");
      await strict.close();
    });
  });

  describe("retries", () => {
    for (const fault of [
      { code: "0x00052101" },
      { code: "0x02401036" },
      { code: "0x0240103b", status: 429 },
      { status: 429 },
    ] satisfies Fault[]) {
      it(`send and sign a request again that was rejected with ${JSON.stringify(fault)}`, async () => {
        gateway.fail(fault, 2);
        assert.equal((await client.request(version)).code, "0");
        const nonces = gateway.requests.map(({ headers }) => headers["x-ca-nonce"]);
        assert.equal(new Set(nonces).size, 3);
      });
    }

    it("end after three attempts", async () => {
      gateway.fail({ status: 429 }, 10);
      assert.equal((await failure(client)).code, "HCP_RATE_LIMITED");
      assert.equal(gateway.requests.length, 3);
    });

    it("end with the timeout of the request", async () => {
      const shortTimeout = connect({ timeout: 0.05 });
      gateway.fail({ status: 429 }, 10);
      assert.equal(
        (await failure(shortTimeout)).code,
        "HCP_RATE_LIMITED",
        "the error is the reason, not the timeout",
      );
      assert.equal(gateway.requests.length, 1);
      await shortTimeout.close();
    });

    it("are not made for a request that may have taken effect", async () => {
      gateway.fail({ code: "0x00052102" });
      gateway.fail({ status: 503 });
      assert.equal((await failure(client)).code, "HCP_FAILED");
      assert.equal((await failure(client)).code, "HCP_BUSY");
      assert.equal(gateway.requests.length, 2);
    });
  });
});
