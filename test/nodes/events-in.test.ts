import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import type { NodeInitializer, NodeMessage } from "node-red";
import helper from "node-red-node-test-helper";
import eventsIn from "../../nodes/events-in/runtime";
import eventsOut from "../../nodes/events-out/runtime";
import { archivedEvent } from "../src/archive/archived-event";
import { untilShown, warningsOf } from "../support/node-output";
import { until } from "../support/until";
import "../support/wired-node";

interface Delivered extends NodeMessage {
  delivery: { sequence: number; count: number; subject: string; consumer: string; nack?: number };
}

const core = ["common/24-complete", "common/25-catch", "function/15-change"].map(
  (name) => createRequire(__filename)(`@node-red/nodes/core/${name}`) as NodeInitializer,
);

describe("events-in", () => {
  let folder: string;
  let delivered: Delivered[];
  let givenUp: Delivered[];

  /** Loads `out` → store → `in`, whose messages reach `work` and, after the last delivery, `lost`. */
  async function load(config: object = {}, more: object[] = []): Promise<void> {
    await helper.load([eventsOut, eventsIn, ...core], flowOf(config, more) as never, {});
    delivered = [];
    givenUp = [];
    helper.getNode("work").on("input", (msg) => delivered.push(msg as Delivered));
    helper.getNode("lost").on("input", (msg) => givenUp.push(msg as Delivered));
  }
  function flowOf(config: object, more: object[]): object[] {
    const flow = [
      { id: "tab", type: "tab" },
      { id: "out", z: "tab", type: "events-out", folder, wires: [[]] },
      { id: "in", z: "tab", type: "events-in", folder, wires: [["work"], ["lost"]], ...config },
      { id: "work", z: "tab", type: "helper" },
      { id: "lost", z: "tab", type: "helper" },
      ...more,
    ];
    // Without a place, Node-RED takes a node for a config node, and wires back for circular.
    return flow.map((node) => ({ x: 1, y: 1, ...node }));
  }
  const store = (...messages: object[]): void => {
    for (const msg of messages) helper.getNode("out").receive(msg as NodeMessage);
  };
  const back = (msg: object | undefined): void => {
    helper.getNode("in").receive({ ...msg });
  };
  const arrived = (count: number): Promise<void> => until(() => delivered.length >= count);
  const plateAt = (name: string, time: string): object => ({
    payload: archivedEvent({ device: { name }, time }),
  });

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "events-"));
  });
  afterEach(async () => {
    await helper.unload();
    await rm(folder, { recursive: true, force: true });
  });

  it("delivers a message as it was stored, with its place and its number", async () => {
    await load({ consumer: "work" });
    store({ topic: "kitchen/door", payload: { at: new Date(0), image: Buffer.from("jpeg") } });
    await arrived(1);
    const [msg] = delivered;
    assert.deepEqual(msg?.payload, { at: new Date(0), image: Buffer.from("jpeg") });
    const { sequence, count, subject, consumer } = msg.delivery;
    assert.deepEqual([sequence, count, subject, consumer], [1, 1, "surveillance/msg/kitchen/door", "work"]);
  });

  it("does not deliver a message again that came back, even after a restart", async () => {
    await load();
    store({ payload: 1 }, { payload: 2 });
    await arrived(1);
    back(delivered[0]);
    await arrived(2);
    await helper.unload();
    await load();
    await arrived(1);
    assert.deepEqual(
      delivered.map(({ payload, delivery }) => [payload, delivery.count]),
      [[2, 2]],
    );
  });

  it("takes the message back from a Complete node, and again after a time from a Catch node", async () => {
    const rules = [{ t: "set", p: "delivery.nack", pt: "msg", to: "0", tot: "num" }];
    await load({ wires: [["job"], ["lost"]] }, [
      { id: "job", z: "tab", type: "helper", wires: [["work"]] },
      { id: "complete", z: "tab", type: "complete", scope: ["job"], wires: [["in"]] },
      { id: "catch", z: "tab", type: "catch", scope: ["job"], wires: [["again"]] },
      { id: "again", z: "tab", type: "change", rules, wires: [["in"]] },
    ]);
    const counts: number[] = [];
    helper.getNode("job").on("input", (msg, _send, done) => {
      counts.push((msg as Delivered).delivery.count);
      done(counts.length === 1 ? new Error("no database") : undefined);
    });
    store({ payload: 1 });
    await until(() => counts.length === 2);
    assert.deepEqual(counts, [1, 2]);
    await untilShown(helper.getNode("in"), "status.delivered");
    assert.deepEqual(warningsOf(helper.getNode("in")), []);
  });

  it("is not in an endless loop with a Complete node that waits for events-in itself", async () => {
    await load({ consumer: "work", wires: [["job"], ["lost"]] }, [
      { id: "job", z: "tab", type: "helper" },
      { id: "complete", z: "tab", type: "complete", scope: ["job", "in"], wires: [["on"]] },
      // Node-RED itself leaves out a node that is wired directly.
      { id: "on", z: "tab", type: "change", rules: [], wires: [["in"]] },
    ]);
    const node = helper.getNode("in");
    let completed = 0;
    helper.getNode("complete").on("input", () => (completed += 1));
    helper.getNode("job").on("input", (_msg, _send, done) => {
      done();
    });
    store({ payload: 1 }, { payload: 2 });
    await until(() => completed >= 4);
    back({ payload: "without delivery" });
    await until(() => warningsOf(node).length === 2);
    for (let turn = 0; turn < 100; turn += 1) await new Promise(setImmediate);
    // Each message is completed by the job, and once more by events-in.
    assert.equal(completed, 4);
    assert.deepEqual(warningsOf(node), ["warning.loop", "warning.undelivered"]);
  });

  it("delivers again what does not come back, and gives up after the last delivery", async () => {
    await load({ ackWait: "0.1", maxDeliver: "2" });
    store({ payload: "poison" });
    await until(() => givenUp.length === 1);
    assert.deepEqual(
      delivered.map(({ delivery }) => delivery.count),
      [1, 2],
    );
    assert.equal(givenUp[0]?.payload, "poison");
  });

  it("keeps the order of a camera, and delivers other cameras meanwhile", async () => {
    await load();
    store(plateAt("Gate", "2026-05-04T08:20:30Z"), plateAt("Gate", "2026-05-04T08:20:31Z"));
    store(plateAt("Yard", "2026-05-04T08:20:32Z"));
    await arrived(2);
    const times = (): unknown[] =>
      delivered.map(({ payload }) => (payload as { time: string }).time.slice(17));
    assert.deepEqual(times().sort(), ["30Z", "32Z"]);
    back(delivered.find(({ payload }) => (payload as { time: string }).time.includes(":30Z")));
    await arrived(3);
    assert.equal(times()[2], "31Z");
  });

  it("has at most as many messages in the flow as its setting", async () => {
    await load({ pending: "2" });
    store(...["a", "b", "c"].map((topic) => ({ topic, payload: topic })));
    await arrived(2);
    await untilShown(helper.getNode("in"), "status.flowing");
    assert.equal(delivered.length, 2);
    back(delivered[0]);
    await arrived(3);
  });

  it("delivers the subjects of its filter only", async () => {
    await load({ filter: "surveillance.msg.b" });
    store({ topic: "a", payload: "a" }, { topic: "b", payload: "b" });
    await arrived(1);
    assert.equal(delivered[0]?.payload, "b");
  });

  it("keeps the messages of a node while it is disabled", async () => {
    const other = { id: "other", type: "events-in", folder, wires: [["others"], []] };
    const more = [other, { id: "others", type: "helper" }].map((node) => ({ z: "tab", ...node }));
    await load({}, more);
    const others: Delivered[] = [];
    helper.getNode("others").on("input", (msg) => others.push(msg as Delivered));
    const work = helper.getNode("work");
    store({ payload: 1 });
    await until(() => delivered.length === 1 && others.length === 1);
    await helper.setFlows(flowOf({ d: true }, more) as never, "nodes");
    helper.getNode("other").receive({ ...others[0] });
    await untilShown(helper.getNode("other"), "status.delivered");
    await helper.setFlows(flowOf({}, more) as never, "nodes");
    assert.equal(helper.getNode("work"), work, "it is not deployed again");
    await arrived(2);
    assert.deepEqual([delivered[1]?.payload, delivered[1]?.delivery.count], [1, 2]);
  });

  it("warns of a message that it has not in the flow, or that has no delivery, and goes on", async () => {
    await load({ consumer: "work" });
    store({ payload: 1 });
    await arrived(1);
    const [msg] = delivered;
    back({ payload: 1 });
    back({ ...msg, delivery: { ...msg?.delivery, consumer: "another" } });
    back({ ...msg, delivery: { ...msg?.delivery, sequence: 99 } });
    back(msg);
    await untilShown(helper.getNode("in"), "status.delivered");
    assert.deepEqual(warningsOf(helper.getNode("in")), ["warning.undelivered", "warning.unknown"]);
  });
});
