import assert from "node:assert/strict";
import { EventsWorld } from "../support/events-world";

/** The packed package in a real Node-RED, whose process is killed. */
describe("events through a store", function () {
  this.timeout(240_000);
  let world: EventsWorld;
  afterEach(() => world.stop());

  it("reach the end of the flow although Node-RED is killed right after the sender got its success", async () => {
    world = await EventsWorld.start({ workMs: 200 });
    const plates = Array.from({ length: 20 }, (_, index) => `KILL-${index}`);
    for (const plate of plates) await world.post(plate);
    await world.kill();
    await world.restart();
    await world.finished(plates);
  });

  it("are not sent again after the flow has finished them", async () => {
    world = await EventsWorld.start({ workMs: 0 });
    // The events of one camera are delivered one after the other.
    for (const plate of ["ONCE", "AFTER"]) await world.post(plate);
    await world.finished(["ONCE", "AFTER"]);
    await world.kill();
    await world.restart();
    await world.post("NEXT");
    await world.finished(["NEXT"]);
    assert.equal(world.count("ONCE"), 1);
  });
});
