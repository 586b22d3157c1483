import assert from "node:assert/strict";
import { once } from "node:events";
import { createRequire } from "node:module";
import { setImmediate as turnOfTheLoop } from "node:timers/promises";
import type { Node, NodeInitializer, NodeMessageInFlow } from "node-red";
import helper from "node-red-node-test-helper";
import { acknowledge } from "../../nodes/kit/acknowledgement";
import viewtronWebhookIn from "../../nodes/viewtron-webhook-in/runtime";
import { SurveillanceError } from "../../src/core/errors";
import type { CommonEvent } from "../../src/events";
import { ViewtronCamera } from "../servers/viewtron-camera";
import { IpcPosts } from "../servers/viewtron/ipc-posts";
import { EventNodeRig, motion, post, send } from "../support/hcp-event-node";
import { HttpNodes } from "../support/http-nodes";
import { errorsOf, lastStatusOf, untilShown } from "../support/node-output";

type Message = NodeMessageInFlow & { payload: CommonEvent };

const posts = new IpcPosts();
const core = (name: string): NodeInitializer =>
  createRequire(__filename)(`@node-red/nodes/core/${name}`) as NodeInitializer;
const codesOf = (node: Node): unknown[] => errorsOf(node).map((error) => (error as { code?: string }).code);

/** The helper node `out` acts as an events-out node: it acknowledges as the test says. */
async function nextAtStore(): Promise<Message> {
  const [msg] = (await once(helper.getNode("out"), "input")) as [Message];
  return msg;
}
function stored({ _msgid }: Message, error?: Error): void {
  acknowledge(helper.getNode("out"), _msgid, error);
}

describe("viewtron-webhook-in that answers when events are stored", () => {
  let http: HttpNodes;
  let camera: ViewtronCamera;

  async function load(config: object): Promise<void> {
    const flow = [
      { id: "tab", type: "tab" },
      { id: "subject", type: "viewtron-webhook-in", z: "tab", answer: "stored", wires: [["dot"]], ...config },
      { id: "dot", z: "tab", type: "change", rules: [], wires: [["out"]] },
      { id: "out", z: "tab", type: "helper" },
    ];
    await helper.load([http.wrap(viewtronWebhookIn), core("function/15-change")], flow, {});
    await turnOfTheLoop();
  }

  beforeEach(async () => {
    http = new HttpNodes();
    camera = new ViewtronCamera({ url: `${await http.listen()}/viewtron` });
  });
  afterEach(async () => {
    camera.close();
    await helper.unload();
    http.close();
  });

  it("responds with success after another node in the flow has stored the event", async () => {
    await load({ ackTimeout: "60" });
    let isAnswered = false;
    const answer = camera.deliver(posts.alarmStatus("motionAlarm", true)).then(() => (isAnswered = true));
    const msg = await nextAtStore();
    await turnOfTheLoop();
    assert.equal(isAnswered, false);
    stored(msg);
    await answer;
  });

  it("responds with 503 if nothing stores it in time, reports that once, and shows it until it works again", async () => {
    await load({ ackTimeout: "0.1" });
    for (let count = 0; count < 2; count += 1) {
      assert.equal((await camera.post(posts.alarmStatus("motionAlarm", true))).status, 503);
    }
    const subject = helper.getNode("subject");
    assert.deepEqual(codesOf(subject), ["EVENT_NOT_STORED"]);
    assert.equal(lastStatusOf(subject).text, "status.error.EVENT_NOT_STORED");
    const answer = camera.deliver(posts.alarmStatus("motionAlarm", true));
    stored(await nextAtStore());
    await answer;
    await untilShown(subject, "status.events");
  });

  it("responds with 503 at once if the store refuses the event, and leaves the report to the store", async () => {
    await load({ ackTimeout: "60" });
    const answer = camera.post(posts.alarmStatus("motionAlarm", true));
    stored(await nextAtStore(), new SurveillanceError("STORE_FULL", "full"));
    assert.equal((await answer).status, 503);
    assert.deepEqual(codesOf(helper.getNode("subject")), []);
    assert.equal(lastStatusOf(helper.getNode("subject")).text, "status.error.STORE_FULL");
  });

  it("sends the same event again when the camera repeats a post that failed", async () => {
    await load({ ackTimeout: "60" });
    const kept: CommonEvent[] = [];
    for (const active of [true, false]) {
      for (const error of [new Error("full"), undefined]) {
        const answer = camera.post(posts.alarmStatus("motionAlarm", active));
        const msg = await nextAtStore();
        kept.push(msg.payload);
        stored(msg, error);
        assert.equal((await answer).status, error === undefined ? 200 : 503);
      }
    }
    assert.deepEqual(
      kept.map(({ state }) => state),
      ["start", "start", "end", "end"],
    );
    assert.equal(new Set(kept.map(({ id }) => id)).size, 1);
  });

  it("responds with 503 to a waiting camera when it is redeployed", async () => {
    await load({ ackTimeout: "60" });
    const answer = camera.post(posts.alarmStatus("motionAlarm", true));
    await nextAtStore();
    await helper.clearFlows();
    assert.equal((await answer).status, 503);
  });
});

describe("hcp-event-in that answers when events are stored", () => {
  let rig: EventNodeRig;
  const all = { answer: "stored", ackTimeout: "60" };
  beforeEach(async () => {
    rig = await EventNodeRig.start();
  });
  afterEach(() => rig.stop());

  it("responds after every event of the post is stored", async () => {
    await rig.load([all]);
    await rig.subscribed();
    const answer = send(rig.destination, post(motion("a"), motion("b")));
    await rig.messages(2);
    for (const msg of rig.received) stored(msg as Message);
    assert.equal((await answer).status, 200);
  });

  it("responds with 503 if one event is not stored, and accepts a repetition of that event only", async () => {
    await rig.load([all]);
    await rig.subscribed();
    const body = post(motion("a"), motion("b"));
    const first = send(rig.destination, body);
    await rig.messages(2);
    stored(rig.received[0] as Message);
    stored(rig.received[1] as Message, new Error("full"));
    assert.equal((await first).status, 503);
    const second = send(rig.destination, body);
    await rig.messages(3);
    assert.equal(rig.events[2]?.id, "b");
    stored(rig.received[2] as Message);
    assert.equal((await second).status, 200);
    assert.equal((await send(rig.destination, body)).status, 200);
    assert.equal(rig.events.length, 3);
  });

  it("waits for the same event when the post is repeated before it is stored", async () => {
    await rig.load([all]);
    await rig.subscribed();
    const answers = [send(rig.destination, post(motion("a"))), send(rig.destination, post(motion("a")))];
    await rig.messages(1);
    stored(rig.received[0] as Message);
    assert.deepEqual(
      (await Promise.all(answers)).map(({ status }) => status),
      [200, 200],
    );
    assert.equal(rig.events.length, 1);
  });

  it("responds with 503 after the timeout and reports it once", async () => {
    await rig.load([{ answer: "stored", ackTimeout: "0.1" }]);
    await rig.subscribed();
    for (const id of ["a", "b"]) assert.equal((await send(rig.destination, post(motion(id)))).status, 503);
    assert.deepEqual(rig.errors, ["EVENT_NOT_STORED"]);
  });
});
