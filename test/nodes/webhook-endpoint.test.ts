import assert from "node:assert/strict";
import { once } from "node:events";
import helper from "node-red-node-test-helper";
import viewtronWebhookIn from "../../nodes/viewtron-webhook-in/runtime";
import { ViewtronCamera } from "../servers/viewtron-camera";
import { IpcPosts } from "../servers/viewtron/ipc-posts";
import { jpeg } from "../servers/viewtron/jpeg";
import { EventNodeRig, motion, post, token } from "../support/hcp-event-node";
import { freePort, HttpNodes, type HttpSettings } from "../support/http-nodes";
import { plainPost } from "../support/plain-post";
import { errorsOf, lastStatusOf, statusesOf, untilShown } from "../support/node-output";

const httpNodeAuth = { user: "site", pass: "word" };
const authorization = `Basic ${Buffer.from("site:word").toString("base64")}`;
const json = { "Content-Type": "application/json" };
const body = post(motion("a"));
const codesOf = (id: string): (string | undefined)[] =>
  errorsOf(helper.getNode(id)).map((error) => (error as { code?: string }).code);

describe("the endpoint of hcp-event-in", () => {
  let rig: EventNodeRig;
  beforeEach(async () => {
    rig = await EventNodeRig.start();
  });
  afterEach(() => rig.stop());

  it("may be a separate port, which is then subscribed, without httpNodeRoot", async () => {
    const port = await freePort();
    const callbackUrl = `http://127.0.0.1:${port}`;
    await rig.load([{ listen: "port", port: String(port), callbackUrl }], {
      httpNodeRoot: "/api",
      httpNodeAuth,
    });
    await rig.subscribed();
    assert.equal(rig.destination, `${callbackUrl}/hcp/events/${encodeURIComponent(token)}`);
    assert.equal((await plainPost(rig.destination, { headers: json, body })).status, 200);
    await rig.messages(1);
  });

  it("may be https on a separate port", async () => {
    const port = await freePort();
    await rig.load(
      [{ listen: "port", port, tls: "tls", callbackUrl: `https://127.0.0.1:${port}` }],
      {},
      true,
    );
    await rig.subscribed();
    assert.equal((await plainPost(rig.destination, { headers: json, body })).status, 200);
  });

  it("fails while its port cannot be opened, and the subscription does not make it green", async () => {
    await rig.load([{ listen: "port", port: new URL(rig.base).port }]);
    while (rig.gateway.events.subscriptions.length === 0) await new Promise(setImmediate);
    await untilShown(helper.getNode("subject0"), "status.error.WEBHOOK_LISTEN_FAILED");
    assert.deepEqual(codesOf("subject0"), ["WEBHOOK_LISTEN_FAILED"]);
    assert.equal(statusesOf(helper.getNode("subject0")).includes("status.subscribed"), false);
  });

  it("requires a port if it is a separate one", async () => {
    await rig.load([{ listen: "port", port: "" }]);
    assert.deepEqual(codesOf("subject0"), ["CONFIG_INVALID"]);
  });

  it("is not green behind httpNodeAuth until a post has arrived, and reports how to proceed", async () => {
    await rig.load([{}], { httpNodeAuth });
    while (rig.gateway.events.subscriptions.length === 0) await new Promise(setImmediate);
    const node = helper.getNode("subject0");
    await untilShown(node, "status.error.WEBHOOK_GUARDED");
    const [error] = errorsOf(node) as { code: string; message: string }[];
    assert.equal(error?.code, "WEBHOOK_GUARDED");
    assert.match(error.message, /httpNodeAuth.*separate port/);
    await plainPost(rig.destination, { headers: { ...json, Authorization: authorization }, body });
    await rig.messages(1);
    assert.equal(lastStatusOf(node).fill, "green");
  });

  it("uses the sender that a trusted proxy names", async () => {
    await rig.load([{ trustedProxies: "127.0.0.1", allow: "192.0.2.0/24" }]);
    await rig.subscribed();
    const send = (forwarded: string): Promise<number> =>
      plainPost(rig.destination, { headers: { ...json, "X-Forwarded-For": forwarded }, body }).then(
        ({ status }) => status,
      );
    assert.equal(await send("192.0.2.7"), 200);
    assert.equal(await send("192.0.2.7, 198.51.100.1"), 403);
    assert.match((errorsOf(helper.getNode("subject0"))[0] as Error).message, /198\.51\.100\.1/);
  });
});

describe("the endpoint of viewtron-webhook-in", () => {
  const posts = new IpcPosts();
  let http: HttpNodes;
  let base: string;
  const cameras: ViewtronCamera[] = [];

  async function load(config: object, settings: HttpSettings, credentials = {}): Promise<void> {
    const node = { id: "subject0", z: "tab", type: "viewtron-webhook-in", wires: [["out"]], ...config };
    const flow = [{ id: "tab", type: "tab" }, node, { id: "out", z: "tab", type: "helper" }];
    await helper.load(http.wrap(viewtronWebhookIn, settings), flow, { subject0: credentials });
  }
  function camera(path: string, login: { auth?: "basic" | "digest" } = {}): ViewtronCamera {
    const made = new ViewtronCamera({ url: `${base}${path}`, username: "site", password: "word", ...login });
    cameras.push(made);
    return made;
  }
  /** Returns the next message of the node. */
  async function event(): Promise<{ raw?: Buffer; viewtron: { sender: string } }> {
    const [msg] = (await once(helper.getNode("out"), "input")) as [{ viewtron: { sender: string } }];
    return msg;
  }

  beforeEach(async () => {
    http = new HttpNodes();
    base = await http.listen();
  });
  afterEach(async () => {
    for (const made of cameras.splice(0)) made.close();
    await helper.unload();
    http.close();
  });

  it("receives posts of any content type, and larger ones than Node-RED's parsers accept", async () => {
    await load({ raw: true }, { apiMaxLength: "1kb" });
    const sent = posts.plate({
      plate: "0012345",
      listType: "whiteList",
      overview: jpeg(300_000),
      crop: jpeg(),
    });
    for (const contentType of ["application/json", "application/x-www-form-urlencoded"]) {
      const arrived = event();
      await camera("/viewtron").deliver(sent, { contentType });
      assert.equal((await arrived).raw?.toString(), sent);
    }
  });

  it("accepts a digest of the whole path, below httpNodeRoot", async () => {
    await load({}, { httpNodeRoot: "/api" }, { username: "site", password: "word" });
    await camera("/api/viewtron", { auth: "digest" }).deliver(posts.heartbeat());
  });

  it("is not green behind httpNodeAuth until a post has arrived", async () => {
    await load({}, { httpNodeAuth });
    const node = helper.getNode("subject0");
    await untilShown(node, "status.error.WEBHOOK_GUARDED");
    assert.equal((await camera("/viewtron").post(posts.heartbeat())).status, 401);
    assert.equal(lastStatusOf(node).text, "status.error.WEBHOOK_GUARDED");
    await camera("/viewtron", { auth: "basic" }).deliver(posts.heartbeat());
    assert.equal(lastStatusOf(node).fill, "green");
    assert.deepEqual(codesOf("subject0"), ["WEBHOOK_GUARDED"]);
  });

  it("names the sender that a trusted proxy names", async () => {
    await load({ trustedProxies: ["127.0.0.0/8"] }, {});
    const arrived = event();
    const headers = { "X-Forwarded-For": "203.0.113.9, 198.51.100.1:5001, 127.0.0.9" };
    await camera("/viewtron").deliver(posts.alarmStatus("motionAlarm", true), { headers });
    assert.equal((await arrived).viewtron.sender, "198.51.100.1");
  });
});
