import assert from "node:assert/strict";
import { jetstreamManager } from "@nats-io/jetstream";
import { EventsWorld } from "../support/events-world";
import { NatsServers } from "../support/nats-server";

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

  describe("and a NATS server", () => {
    const servers = new NatsServers();
    before(async function () {
      await servers.prepare(this);
    });
    afterEach(() => servers.removeAll());

    it("move to it, each stored once, although Node-RED is killed meanwhile", async () => {
      const server = await servers.start();
      const place = { z: "tab", x: 100, y: 100 };
      const nats = { ...place, store: "nats", server: "nats" };
      world = await EventsWorld.start({
        workMs: 0,
        more: [
          { id: "nats", ...{ type: "nats-jetstream", servers: server.url } },
          { id: "in", ...{ type: "events-in", ...place, consumer: "work", wires: [["to"], []] } },
          { id: "to", ...{ type: "events-out", ...nats, wires: [["in"]] } },
          {
            id: "from",
            ...{ type: "events-in", ...nats, consumer: "work", ackWait: "2", wires: [["work"], []] },
          },
          { id: "done", ...{ type: "complete", ...place, scope: ["sink"], wires: [["from"]] } },
        ],
      });
      const plates = Array.from({ length: 40 }, (_, index) => `MOVE-${index}`);
      for (const plate of plates.slice(0, 20)) await world.post(plate);
      await world.kill();
      await world.restart();
      for (const plate of plates.slice(20)) await world.post(plate);
      await world.finished(plates);
      const client = await server.client();
      const { last_seq: stored } = (await (await jetstreamManager(client)).streams.info("surveillance"))
        .state;
      await client.close();
      assert.equal(stored, plates.length);
    });
  });
});
