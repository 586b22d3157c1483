import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, it } from "mocha";
import { Agent } from "undici";
import { HcpClient, type HcpClientOptions } from "../../../../src/hcp/request/client";
import { HcpError } from "../../../../src/hcp/request/hcp-error";
import { startHcpGateway, type Fault, type HcpGateway } from "../../../servers/hcp-gateway";
import { failure, keys, version } from "../../../support/hcp-failure";

const { appKey, appSecret } = keys;

describe("HcpClient", () => {
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

  describe("a request", () => {
    it("returns code, msg, data, path, duration and the server's time", async () => {
      const { durationMs, date, ...response } = await client.request(version);
      assert.deepEqual(response, {
        code: "0",
        msg: "Success",
        data: { produceName: "HikCentral Professional", softVersion: "V2.2.2.0" },
        path: version,
      });
      assert.ok(durationMs >= 0);
      assert.ok(Date.parse(date ?? "") > 0);
    });

    it("reaches an operation written with and without the context path", async () => {
      await client.request("/api/common/v1/version");
      assert.equal(gateway.requests[0]?.path, version);
    });

    it("signs the path of another context path, and its query decoded and sorted", async () => {
      const proxied = await startHcpGateway({ appKey, appSecret, contextPath: "/proxy/artemis" });
      const other = connect({ url: proxied.url, contextPath: "/proxy/artemis" });
      const { path } = await other.request("/artemis/api/common/v1/version?b=%C3%A4+x&a=&b=2");
      assert.equal(path, "/proxy/artemis/api/common/v1/version?b=%C3%A4+x&a=&b=2");
      await other.close();
      await proxied.close();
    });

    it("has a new nonce each time and the clock's time", async () => {
      gateway.clockSkewMs = -60_000;
      const late = connect({ now: () => Date.now() - 60_000 });
      await late.request(version);
      await late.request(version);
      const [first, second] = gateway.requests.map(({ headers }) => headers["x-ca-nonce"]);
      assert.notEqual(first, second);
      await late.close();
    });

    it("is made for the user of the request, otherwise of the server", async () => {
      const withUser = connect({ userId: "guard" });
      await withUser.request(version);
      await withUser.request(version, {}, { userId: "night-guard" });
      assert.deepEqual(
        gateway.requests.map(({ headers }) => headers.userid),
        ["guard", "night-guard"],
      );
      await withUser.close();
    });

    it("rejects a user id that the guide forbids before sending anything", async () => {
      await assert.rejects(client.request(version, {}, { userId: "a/b" }), { code: "CONFIG_INVALID" });
      assert.throws(() => connect({ userId: "x".repeat(33) }), { code: "CONFIG_INVALID" });
      assert.equal(gateway.requests.length, 0);
    });

    it("sends Accept and Content-Type byte for byte as signed, each once", async () => {
      let received = "";
      const wire = createServer((socket) => {
        socket.on("data", (chunk) => {
          received += chunk.toString("latin1");
          socket.end('HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n{"code":"0"}');
        });
      }).listen(0, "127.0.0.1");
      await once(wire, "listening");
      const raw = connect({ url: `http://127.0.0.1:${(wire.address() as AddressInfo).port}` });
      await raw.request(version);
      const lines = received.split("\r\n");
      assert.deepEqual(
        lines.filter((line) => /^(accept|content-type)/i.test(line)),
        ["Accept: */*", "Content-Type: application/json"],
      );
      await raw.close();
      wire.close();
      await once(wire, "close");
    });

    it("accepts code 0 as a number, too", async () => {
      gateway.fail({ code: 0 });
      assert.equal((await client.request(version)).code, "0");
    });
  });

  describe("an image", () => {
    const jpeg = Buffer.from("ffd8ffe0aabbffd9", "hex");

    it("that is the whole body as a data URL is returned as bytes", async () => {
      const response = await client.request("/api/eventService/v1/image_data", { picUri: "/pic?=1" });
      assert.equal(response.mimeType, "image/jpeg");
      assert.ok(Buffer.isBuffer(response.data));
      assert.deepEqual([...response.data.subarray(0, 2)], [0xff, 0xd8]);
    });

    for (const [what, body] of [
      ["without quotes", `data:image/jpeg;base64,${jpeg.toString("base64")}`],
      [
        "in data",
        JSON.stringify({ code: "0", msg: "", data: `data:image/jpeg;base64,${jpeg.toString("base64")}` }),
      ],
    ] as const) {
      it(`as a data URL ${what} is returned as bytes`, async () => {
        gateway.fail({ status: 200, body });
        const response = await client.request(version);
        assert.deepEqual([response.data, response.mimeType], [jpeg, "image/jpeg"]);
      });
    }
  });

  describe("a failure response", () => {
    const cases: [what: string, fault: Fault, code: string, httpStatus: number][] = [
      ["a code with HTTP 200", { code: "0x00072001", msg: "pageNo" }, "HCP_PARAMETER", 200],
      ["a code with HTTP 401", { code: "0x02401007", status: 401 }, "HCP_FORBIDDEN", 401],
      ["a code as a number", { code: 128 }, "HCP_NOT_FOUND", 200],
      ["a code in capitals", { code: "0X0240100A" }, "HCP_PARAMETER", 200],
      ["an unknown code", { code: "0x0badc0de" }, "HCP_FAILED", 200],
      ["HTTP 401 without JSON", { status: 401 }, "HCP_AUTH", 401],
      ["HTTP 403 without JSON", { status: 403 }, "HCP_FORBIDDEN", 403],
      ["HTTP 404 without JSON", { status: 404 }, "HCP_NOT_FOUND", 404],
      ["HTTP 404 with JSON of the web server", { status: 404, body: '{"status":404}' }, "HCP_NOT_FOUND", 404],
      ["HTTP 500 without JSON", { status: 500 }, "HCP_FAILED", 500],
      ["HTTP 503 without JSON", { status: 503 }, "HCP_BUSY", 503],
      ["HTTP 503 with code 0", { code: "0", status: 503 }, "HCP_BUSY", 503],
      ["a page of HTML", "garbage", "HCP_REPLY", 200],
      ["JSON without a code", { status: 200, body: '{"ok":true}' }, "HCP_REPLY", 200],
      ["an empty body", { status: 200, body: "" }, "HCP_REPLY", 200],
    ];
    for (const [what, fault, code, httpStatus] of cases) {
      it(`${what} becomes ${code}`, async () => {
        gateway.fail(fault);
        const error = await failure(client);
        assert.ok(error instanceof HcpError);
        assert.deepEqual([error.code, error.httpStatus, error.path], [code, httpStatus, version]);
        assert.ok(error.message.includes(version));
      });
    }

    it("has the gateway's code, its meaning, its message and advice", async () => {
      gateway.fail({ code: "131", msg: "name taken" });
      const error = await failure(client);
      assert.ok(error instanceof HcpError);
      assert.equal(error.gatewayCode, "131");
      assert.match(error.message, /code 131, it already exists \(name taken\)\. Use the existing one/);
    });

    it("is CONNECTION_LOST for half a body", async () => {
      gateway.fail("half-body");
      assert.equal((await failure(client)).code, "CONNECTION_LOST");
    });

    it("is TOO_LARGE for a body without end", async () => {
      gateway.fail({ status: 200, body: " ".repeat(33 * 1024 * 1024) });
      assert.equal((await failure(client)).code, "TOO_LARGE");
    });
  });

  describe("a rejected signature", () => {
    it("with equal texts on both sides means a wrong secret; the server's own secret is not shown", async () => {
      const wrong = connect({ appSecret: "wrong-secret" });
      const error = await failure(wrong);
      assert.equal(error.code, "HCP_SIGNATURE");
      assert.match(error.message, /signed the same text: the app secret is wrong/);
      assert.ok(!error.message.includes("wrong-secret"));
      await wrong.close();
    });

    it("shows the first line that differs when a proxy changed the request", async () => {
      const proxy = new Agent().compose((dispatch) => (options, handler) => {
        const headers = { ...(options.headers as Record<string, string>) };
        headers["Content-Type"] = "application/json; charset=utf-8";
        return dispatch({ ...options, headers }, handler);
      });
      const error = await failure(connect({ dispatcher: proxy }));
      assert.match(
        error.message,
        /Line 3 .*: "application\/json; charset=utf-8" at the gateway, "application\/json" here/,
      );
      await proxy.close();
    });

    for (const [skewMs, said] of [
      [3_600_000, /This machine's clock is 60 min behind the server's/],
      [-3_600_000, /This machine's clock is 60 min ahead of the server's/],
    ] as const) {
      it(`shows the difference of the clocks: ${skewMs / 60_000} min`, async () => {
        gateway.clockSkewMs = skewMs;
        const error = await failure(client);
        assert.equal(error.code, "HCP_AUTH");
        assert.match(error.message, /time stamp has expired/);
        assert.match(error.message, said);
      });
    }

    it("shows the difference with a signature, too, from five minutes on", async () => {
      const wrong = connect({ appSecret: "wrong-secret" });
      gateway.clockSkewMs = 6 * 60_000;
      assert.match((await failure(wrong)).message, /clock is 6 min behind/);
      gateway.clockSkewMs = 4 * 60_000;
      assert.doesNotMatch((await failure(wrong)).message, /clock is/);
      await wrong.close();
    });

    it("does not mention the clock if the partner has no permission", async () => {
      gateway.clockSkewMs = 6 * 60_000;
      gateway.fail({ code: "0x02401007" });
      assert.doesNotMatch((await failure(client)).message, /clock is/);
    });
  });

  it("rejects addresses, keys and paths that are not valid", async () => {
    for (const options of [
      { url: "10.0.0.5" },
      { url: "ftp://10.0.0.5" },
      { appKey: "" },
      { appSecret: "" },
    ]) {
      assert.throws(() => connect(options), { code: "CONFIG_INVALID" });
    }
    await assert.rejects(client.request("api/common/v1/version"), { code: "CONFIG_INVALID" });
  });
});
