import assert from "node:assert/strict";
import helper from "node-red-node-test-helper";
import hcpConfig from "../../nodes/hcp-config/runtime";
import hcpRequest from "../../nodes/hcp-request/runtime";
import { startHcpGateway, type HcpGateway } from "../servers/hcp-gateway";

const credentials = { appKey: "21000007", appSecret: "admin-route-secret" };
const UNCHANGED = "__PWRD__";

interface Report {
  ok?: boolean;
  problem?: string;
  product?: string;
  code?: string;
  message?: string;
}
interface EditorResponse {
  status: number;
  text: string;
}

helper.init(require.resolve("node-red"));

describe("the editor's requests for HikCentral", () => {
  let gateway: HcpGateway;
  beforeEach(async () => {
    gateway = await startHcpGateway(credentials);
    const types = [hcpConfig, hcpRequest] as Parameters<typeof helper.load>[0];
    const saved = { id: "saved", type: "hcp-config", url: gateway.url };
    await helper.load(types, [saved], { saved: credentials });
  });
  afterEach(async () => {
    await helper.unload();
    await gateway.close();
  });

  const post = async (
    path: string,
    body: object,
    headers: Record<string, string> = {},
  ): Promise<EditorResponse> =>
    await helper
      .request()
      .post(path)
      .set({ "Content-Type": "application/json", ...headers })
      .send(JSON.stringify(body));
  async function test(server: object): Promise<Report> {
    const { text } = await post("/hcp-config/test", { server });
    for (const secret of Object.values(credentials)) assert.ok(!text.includes(secret), `it shows ${secret}`);
    return JSON.parse(text) as Report;
  }

  it("return the catalogue, and the parameters that have lists", async () => {
    const { text } = await helper.request().get("/hcp-request/operations");
    const { operations, pickers } = JSON.parse(text) as { operations: object[]; pickers: object };
    assert.ok(operations.length >= 145);
    const some = { cameraIndexCode: "camera", doorIndexCodes: "door", regionIndexCode: "area" };
    assert.deepEqual({ ...pickers, ...some }, pickers);
  });

  it("test a server whose settings were never deployed", async () => {
    const report = await test({ id: "new", url: gateway.url, contextPath: "/artemis", credentials });
    assert.deepEqual([report.ok, report.product], [true, "HikCentral Professional"]);
  });

  it("use the saved key and secret if the dialog does not change them", async () => {
    for (const entered of [undefined, {}, { appKey: credentials.appKey, appSecret: UNCHANGED }]) {
      assert.equal((await test({ id: "saved", url: gateway.url, credentials: entered })).ok, true);
    }
    const changed = await test({ id: "saved", url: gateway.url, credentials: { appSecret: "another" } });
    assert.equal(changed.problem, "signature");
    const emptied = await test({ id: "saved", url: gateway.url, credentials: { appSecret: "" } });
    assert.equal(emptied.problem, "settings");
  });

  it("report wrong settings", async () => {
    assert.equal((await test({ id: "saved", url: "10.0.0.5" })).problem, "settings");
    assert.equal((await test({ id: "saved", url: gateway.url, timeout: "soon" })).problem, "settings");
    assert.equal((await test({ id: "saved", url: gateway.url, tls: "none" })).problem, "settings");
    assert.equal((await test({})).problem, "settings");
  });

  describe("never reveal values that the editor's user cannot read", () => {
    let otherServer: HcpGateway;
    beforeEach(async () => {
      otherServer = await startHcpGateway(credentials);
      Object.assign(process.env, { HCP_ADMIN_URL: gateway.url, HCP_ADMIN_SECRET: credentials.appSecret });
    });
    afterEach(async () => {
      for (const name of ["HCP_ADMIN_URL", "HCP_ADMIN_SECRET"]) Reflect.deleteProperty(process.env, name);
      await otherServer.close();
    });
    const refused = async (server: object): Promise<void> => {
      const report = await test(server);
      assert.deepEqual([report.ok, report.code], [false, "CONFIG_INVALID"]);
      assert.equal(otherServer.requests.length, 0);
    };

    it("do not use the saved key and secret for another address", async () => {
      const server = { id: "saved", url: otherServer.url };
      const { appKey, appSecret } = credentials;
      await refused(server);
      await refused({ ...server, credentials: { appKey, appSecret: UNCHANGED } });
      await refused({ ...server, credentials: { appSecret } });
      await refused({ ...server, url: gateway.url.replace("127.0.0.1", "localhost") });
      const response = await post("/hcp-config/resources", { server, kind: "door" });
      assert.equal(response.status, 400);
      assert.equal(otherServer.requests.length, 0);
      assert.equal((await test({ ...server, credentials })).ok, true, "with its own key and secret");
    });

    it("resolve no typed variable", async () => {
      const { appKey } = credentials;
      await refused({ url: otherServer.url, credentials: { appKey, appSecret: "${HCP_ADMIN_SECRET}" } });
      await refused({ url: otherServer.url, contextPath: "/${HCP_ADMIN_SECRET}", credentials });
      await refused({ url: "${HCP_ADMIN_URL}", credentials });
      await refused({ id: "saved", url: gateway.url, userId: "${HCP_ADMIN_SECRET}" });
      await refused({ id: "saved", url: gateway.url, credentials: { appKey: "${HCP_ADMIN_SECRET}" } });
      assert.equal(gateway.requests.length, 0);
    });

    it("resolve the variables of the deployed server", async () => {
      await helper.unload();
      const types = [hcpConfig, hcpRequest] as Parameters<typeof helper.load>[0];
      const saved = { id: "saved", type: "hcp-config", url: "${HCP_ADMIN_URL}" };
      const secrets = { appKey: credentials.appKey, appSecret: "${HCP_ADMIN_SECRET}" };
      await helper.load(types, [saved], { saved: secrets });
      for (const url of ["${HCP_ADMIN_URL}", gateway.url]) {
        assert.equal((await test({ id: "saved", url, credentials: { appSecret: UNCHANGED } })).ok, true, url);
      }
      await refused({ id: "saved", url: otherServer.url });
    });
  });

  it("list the resources of a platform", async () => {
    const server = { id: "saved", url: gateway.url };
    const doors = await post("/hcp-config/resources", { server, kind: "door" });
    assert.deepEqual(JSON.parse(doors.text), [
      { id: "12", name: "Main entrance" },
      { id: "13", name: "Store room" },
    ]);
    for (const kind of ["toString", "everything", 5]) {
      assert.equal((await post("/hcp-config/resources", { server, kind })).status, 400);
    }
  });

  it("return the error's code and message if a list fails", async () => {
    gateway.fail({ code: "0x02401007" });
    const response = await post("/hcp-config/resources", {
      server: { id: "saved", url: gateway.url },
      kind: "area",
    });
    assert.equal(response.status, 502);
    assert.equal((JSON.parse(response.text) as Report).code, "HCP_FORBIDDEN");
  });

  it("are rejected from pages of other sites, and without JSON", async () => {
    const body = { server: { id: "saved", url: gateway.url } };
    const other = "http://other.example";
    for (const headers of [
      { "Sec-Fetch-Site": "cross-site" },
      { Origin: other },
      { Origin: other, "X-Forwarded-Host": "other.example" },
    ]) {
      assert.equal((await post("/hcp-config/test", body, headers)).status, 403);
    }
    const own = { Origin: "http://nodered.local:1880", Host: "nodered.local:1880" };
    assert.equal((await post("/hcp-config/test", body, own)).status, 200);
    assert.equal((await post("/hcp-config/test", body, { "Content-Type": "text/plain" })).status, 415);
    assert.equal((await post("/hcp-config/test", [])).status, 415);
  });
});
