import assert from "node:assert/strict";
import helper from "node-red-node-test-helper";
import hcpConfig from "../../nodes/hcp-config";
import hcpRequest from "../../nodes/hcp-request";
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
interface Answer {
  status: number;
  text: string;
}

helper.init(require.resolve("node-red"));

describe("what the editor asks the runtime for HikCentral", () => {
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

  const post = async (path: string, body: object, headers: Record<string, string> = {}): Promise<Answer> =>
    await helper
      .request()
      .post(path)
      .set({ "Content-Type": "application/json", ...headers })
      .send(JSON.stringify(body));
  async function test(server: object): Promise<Report> {
    const { text } = await post("/hcp-config/test", { server });
    for (const secret of Object.values(credentials)) assert.ok(!text.includes(secret), `it tells ${secret}`);
    return JSON.parse(text) as Report;
  }

  it("gets the catalogue, and for which parameters there are lists", async () => {
    const { text } = await helper.request().get("/hcp-request/operations");
    const { operations, pickers } = JSON.parse(text) as { operations: object[]; pickers: object };
    assert.ok(operations.length >= 145);
    const some = { cameraIndexCode: "camera", doorIndexCodes: "door", regionIndexCode: "area" };
    assert.deepEqual({ ...pickers, ...some }, pickers);
  });

  it("tests a server whose settings were never deployed", async () => {
    const report = await test({ id: "new", url: gateway.url, contextPath: "/artemis", credentials });
    assert.deepEqual([report.ok, report.product], [true, "HikCentral Professional"]);
  });

  it("uses the saved key and secret where the dialog does not know or change them", async () => {
    for (const entered of [undefined, {}, { appKey: credentials.appKey, appSecret: UNCHANGED }]) {
      assert.equal((await test({ id: "saved", url: gateway.url, credentials: entered })).ok, true);
    }
    const changed = await test({ id: "saved", url: gateway.url, credentials: { appSecret: "another" } });
    assert.equal(changed.problem, "signature");
    const emptied = await test({ id: "saved", url: gateway.url, credentials: { appSecret: "" } });
    assert.equal(emptied.problem, "settings");
  });

  it("says what is wrong with settings that cannot be right", async () => {
    assert.equal((await test({ id: "saved", url: "10.0.0.5" })).problem, "settings");
    assert.equal((await test({ id: "saved", url: gateway.url, timeout: "soon" })).problem, "settings");
    assert.equal((await test({ id: "saved", url: gateway.url, tls: "none" })).problem, "settings");
    assert.equal((await test({})).problem, "settings");
  });

  it("takes settings from the environment", async () => {
    process.env.HCP_ADMIN_URL = gateway.url;
    process.env.HCP_ADMIN_SECRET = credentials.appSecret;
    const { ok } = await test({
      url: "${HCP_ADMIN_URL}",
      credentials: { appKey: credentials.appKey, appSecret: "${HCP_ADMIN_SECRET}" },
    });
    delete process.env.HCP_ADMIN_URL;
    delete process.env.HCP_ADMIN_SECRET;
    assert.equal(ok, true);
  });

  it("lists what a platform has", async () => {
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

  it("gets the error's code and message where a list cannot be had", async () => {
    gateway.fail({ code: "0x02401007" });
    const answer = await post("/hcp-config/resources", {
      server: { id: "saved", url: gateway.url },
      kind: "area",
    });
    assert.equal(answer.status, 502);
    assert.equal((JSON.parse(answer.text) as Report).code, "HCP_FORBIDDEN");
  });

  it("is refused to the pages of other sites, and without JSON", async () => {
    const body = { server: { id: "saved", url: gateway.url } };
    for (const headers of [{ "Sec-Fetch-Site": "cross-site" }, { Origin: "http://elsewhere.example" }]) {
      assert.equal((await post("/hcp-config/test", body, headers)).status, 403);
    }
    const own = { Origin: "http://nodered.local:1880", Host: "nodered.local:1880" };
    assert.equal((await post("/hcp-config/test", body, own)).status, 200);
    assert.equal((await post("/hcp-config/test", body, { "Content-Type": "text/plain" })).status, 415);
    assert.equal((await post("/hcp-config/test", [])).status, 415);
  });
});
