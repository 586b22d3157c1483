import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import { KilledNodeRed } from "../support/killed-node-red";

/** The longest time for an event to pass the flow and to be written to the journal, on a busy machine. */
const IN_HAND_MS = 500;

/** A real Node-RED that is killed while it receives events of HikCentral. */
describe("hcp-event-in in a killed Node-RED", function () {
  this.timeout(180_000);
  let rig: KilledNodeRed;
  beforeEach(async () => {
    rig = await KilledNodeRed.begin();
    await rig.start();
  });
  afterEach(() => rig.end());

  it("does not lose events, and repeats only events that were in progress", async () => {
    await rig.deploy();
    await rig.subscribed();
    rig.storm(5);
    for (let kills = 0; kills < 3; kills += 1) {
      await setTimeout(1000 + Math.random() * 2000);
      await rig.kill();
      await rig.start();
    }
    await setTimeout(1000);
    await rig.calm();
    await rig.sink.complete(rig.raised);
    await rig.sink.quiet(2000);
    assert.ok(rig.raised.length > 300, `only ${rig.raised.length} events`);
    assert.deepEqual(rig.doubled(IN_HAND_MS), []);
  });

  it("does not lose events when it is killed within its first second", async () => {
    await rig.deploy();
    await rig.subscribed();
    await setTimeout(Math.random() * 300);
    await rig.kill();
    await rig.raise(9);
    await rig.start();
    await rig.sink.complete(rig.raised);
    assert.deepEqual(rig.doubled(0), []);
  });

  it("does not repeat events when it is killed again after backfill", async () => {
    await rig.deploy();
    await rig.subscribed();
    await rig.raise(60);
    await rig.sink.complete(rig.raised);
    await setTimeout(200);
    await rig.kill();
    await rig.raise(60);
    await rig.start();
    await rig.sink.complete(rig.raised);
    await setTimeout(200);
    await rig.kill();
    await rig.raise(9);
    await rig.start();
    await rig.sink.complete(rig.raised);
    await rig.sink.quiet(2000);
    assert.deepEqual(rig.doubled(0), []);
  });

  it("does not lose events when it is killed during backfill", async () => {
    await rig.deploy();
    await rig.subscribed();
    await rig.kill();
    await rig.raise(400);
    await rig.start();
    while (rig.sink.events.length < 20) await setTimeout(5);
    await rig.kill();
    await rig.start();
    await rig.sink.complete(rig.raised);
    assert.deepEqual(rig.doubled(IN_HAND_MS), []);
  });

  it("removes its files and its subscription when the node is deleted", async () => {
    await rig.deploy();
    await rig.subscribed();
    await rig.raise(5);
    await rig.sink.complete(rig.raised);
    assert.deepEqual(await readdir(path.join(rig.userDir, "surveillance", "hcp-event-in")), ["events.jsonl"]);
    await rig.deployWithout();
    assert.ok(!(await readdir(rig.userDir)).includes("surveillance"));
    while (rig.gateway.events.subscriptions.length > 0) await setTimeout(5);
    assert.ok(!/was cancelled|could not be unsubscribed/.test(rig.output), rig.output);
  });
});
