import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "mocha";
import { HcpClient, type HcpClientOptions } from "../../../../src/hcp/request/client";
import { testConnection } from "../../../../src/hcp/diagnosis/connection-test";
import { listResources } from "../../../../src/hcp/request/resources";
import { startHcpGateway, type HcpGateway } from "../../../servers/hcp-gateway";
import { loopbackTls } from "../../../support/loopback-tls";

const appKey = "21000021";
const appSecret = "operations-test-secret";

describe("operations at a gateway", () => {
  let gateway: HcpGateway;
  const clients: HcpClient[] = [];
  const connect = (options: Partial<HcpClientOptions> = {}): HcpClient => {
    const client = new HcpClient({ url: gateway.url, appKey, appSecret, random: () => 0, ...options });
    clients.push(client);
    return client;
  };
  beforeEach(async () => {
    gateway = await startHcpGateway({ appKey, appSecret });
  });
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()));
    await gateway.close();
  });

  describe("a call by id", () => {
    it("sends header parameters signed, as headers", async () => {
      await connect().call(
        "video/cameras/previewURLs",
        { cameraIndexCode: "31", domainId: 4 },
        { userId: "guard" },
      );
      const [request] = gateway.requests;
      assert.equal(request?.response.code, "0");
      assert.deepEqual([request.headers.domainid, request.headers.userid], ["4", "guard"]);
      assert.deepEqual(JSON.parse(request.body), { cameraIndexCode: "31" });
    });

    it("is not sent if it is wrong", async () => {
      await assert.rejects(connect().call("acs/door/doControl", { doorIndexCodes: [], controlType: 9 }), {
        code: "HCP_PARAMETER_INVALID",
      });
      await assert.rejects(
        connect().call("video/cameras/previewURLs", { cameraIndexCode: "31", userId: "a/b" }),
        {
          code: "HCP_PARAMETER_INVALID",
        },
      );
      assert.equal(gateway.requests.length, 0);
    });

    it("sends an empty text as it is, and page 0", async () => {
      const body = { pageIndex: 0, pageSize: 50, customFieldName: "" };
      const client = connect();
      await assert.rejects(client.call("visitor/visitorconfig/customfields", body));
      await assert.rejects(client.pages("visitor/visitorconfig/customfields", body).next());
      assert.deepEqual(
        gateway.requests.map((request) => JSON.parse(request.body) as unknown),
        [body, body],
      );
    });

    it("reads all pages, and stops when it is cancelled", async () => {
      const client = connect();
      const abort = new AbortController();
      const seen: unknown[] = [];
      await assert.rejects(
        async () => {
          for await (const page of client.pages(
            "resource/cameras",
            { pageSize: 1 },
            { signal: abort.signal },
          )) {
            seen.push(...page.entries);
            abort.abort();
          }
        },
        { code: "CLOSED" },
      );
      assert.equal(seen.length, 1);
    });

    it("is one page if the operation has no pages", async () => {
      const pages: unknown[] = [];
      for await (const { index, pages: count } of connect().pages("common/version"))
        pages.push([index, count]);
      assert.deepEqual(pages, [[0, 1]]);
    });
  });

  describe("the resources of a platform", () => {
    it("are listed by name, from all pages", async () => {
      gateway.platform.cameras = Array.from({ length: 700 }, (_, index) => ({
        ...{ cameraIndexCode: String(index), cameraName: `Camera ${String(699 - index).padStart(3, "0")}` },
        ...{ regionIndexCode: "5", presets: [], patrols: [] },
      }));
      const cameras = await listResources(connect(), "camera");
      assert.equal(cameras.length, 700);
      assert.deepEqual(cameras[0], { id: "699", name: "Camera 000" });
    });

    it("include doors, areas, alarm outputs and event rules", async () => {
      const client = connect();
      gateway.genericEvents.add({
        generalEventRuleName: "Smoke",
        transportType: 0,
        matchType: 0,
        expression: '"Smoke"',
        regularExpression: "Smoke",
      });
      assert.deepEqual(await listResources(client, "door"), [
        { id: "12", name: "Main entrance" },
        { id: "13", name: "Store room" },
      ]);
      assert.deepEqual(await listResources(client, "area"), [
        { id: "6", name: "Building" },
        { id: "5", name: "Outside" },
      ]);
      assert.deepEqual(await listResources(client, "alarmOutput"), [{ id: "71", name: "Siren" }]);
      assert.deepEqual(await listResources(client, "eventRule"), [{ id: "1", name: "Smoke" }]);
    });
  });

  describe("testConnection", () => {
    const problem = async (options: Partial<HcpClientOptions> = {}): Promise<string> => {
      const report = await testConnection(connect(options));
      const text = JSON.stringify(report);
      assert.ok(!text.includes(appSecret) && !text.includes(appKey), `a secret is shown: ${text}`);
      return report.ok ? "none" : report.problem;
    };

    it("reports product and version", async () => {
      const report = await testConnection(connect());
      assert.deepEqual(
        { ...report, durationMs: 0 },
        { ok: true, product: "HikCentral Professional", version: "V2.2.2.0", durationMs: 0 },
      );
    });

    it("distinguishes an unknown name from a closed port", async () => {
      assert.equal(await problem({ url: "http://no-such-host.invalid" }), "dns");
      assert.equal(await problem({ url: "http://127.0.0.1:1", timeout: 1 }), "unreachable");
    });

    it("reports a certificate that is not trusted", async () => {
      const secure = await startHcpGateway({ appKey, appSecret, tls: loopbackTls });
      assert.equal(await problem({ url: secure.url }), "tls");
      await secure.close();
    });

    it("distinguishes a wrong key, a wrong secret and a wrong context path", async () => {
      assert.equal(await problem({ appKey: "21000099" }), "key");
      assert.equal(await problem({ appSecret: "another" }), "signature");
      assert.equal(await problem({ contextPath: "/other" }), "path");
    });

    it("reports a missing permission, and a failing gateway", async () => {
      gateway.fail({ code: "0x02401007", msg: "no permission" });
      assert.equal(await problem(), "permission");
      gateway.fail("garbage");
      assert.equal(await problem(), "gateway");
    });

    it("reports a wrong clock with the difference", async () => {
      gateway.clockSkewMs = -20 * 60_000;
      const report = await testConnection(connect());
      assert.ok(!report.ok);
      assert.equal(report.problem, "clock");
      assert.match(report.message, /20 min ahead of the server's/);
    });

    it("reports the difference of a clock that is still accepted", async () => {
      gateway.clockSkewMs = 5 * 60_000;
      const report = await testConnection(connect());
      assert.ok(report.ok);
      assert.ok(Math.abs((report.clockAheadSeconds ?? 0) + 300) <= 2);
    });
  });
});
