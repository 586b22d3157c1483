import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import { KilledNodeRed } from "../support/killed-node-red";

/** An event may be in hand for so long: until it has gone through the flow, and that is written down, on a busy machine. */
const IN_HAND_MS = 500;

/** A real Node-RED, killed while HikCentral's events come in: nothing is lost that the platform's records have. */
describe("hcp-event-in in a Node-RED that is killed", function () {
  this.timeout(180_000);
  let rig: KilledNodeRed;
  beforeEach(async () => {
    rig = await KilledNodeRed.begin();
    await rig.start();
  });
  afterEach(() => rig.end());

  it("loses nothing in steady state, and doubles only what was in hand", async () => {
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

  it("loses nothing when it is killed within its first seconds", async () => {
    await rig.deploy();
    await rig.subscribed();
    await setTimeout(Math.random() * 300);
    await rig.kill();
    await rig.raise(9);
    await rig.start();
    await rig.sink.complete(rig.raised);
    assert.deepEqual(rig.doubled(0), []);
  });

  it("doubles nothing when it is killed again after it has fetched what it missed", async () => {
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

  it("loses nothing when it is killed while it fetches what it missed", async () => {
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

  it("leaves nothing behind once the node is deleted", async () => {
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
