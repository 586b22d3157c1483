import assert from "node:assert/strict";
import type { NodeMessage } from "node-red";
import helper from "node-red-node-test-helper";
import eventsIn from "../../nodes/events-in/runtime";
import eventsOut from "../../nodes/events-out/runtime";
import natsJetstream from "../../nodes/nats-jetstream/runtime";
import { NatsServers, type NatsServer } from "../support/nats-server";
import { untilShown, warningsOf } from "../support/node-output";
import { until } from "../support/until";
import "../support/wired-node";

interface Delivered extends NodeMessage {
  delivery: { sequence: number; count: number; site?: string };
}

describe("events-out and events-in with a NATS server", function () {
  this.timeout(60_000);
  const servers = new NatsServers();
  let delivered: Delivered[];

  before(async function () {
    await servers.prepare(this);
  });
  afterEach(async () => {
    await helper.unload();
    await servers.removeAll();
  });

  /** Loads an events-out for each of some servers, named like them, and an events-in for another. */
  async function load(writers: Record<string, NatsServer>, reader: NatsServer, domains = ""): Promise<void> {
    const nats = { type: "nats-jetstream", domains: "" };
    const flow: object[] = [
      { id: "tab", type: "tab" },
      { ...nats, id: "reader", servers: reader.url, domains },
      { id: "in", z: "tab", type: "events-in", store: "nats", server: "reader", wires: [["work"], []] },
      { id: "work", z: "tab", type: "helper" },
    ];
    for (const [name, { url }] of Object.entries(writers)) {
      flow.push(
        { ...nats, id: `${name} server`, servers: url },
        { id: name, z: "tab", type: "events-out", store: "nats", server: `${name} server`, wires: [[]] },
      );
    }
    const types = [natsJetstream, eventsOut, eventsIn];
    await helper.load(types, flow as never, {});
    delivered = [];
    helper.getNode("work").on("input", (msg) => delivered.push(msg as Delivered));
  }
  const store = (at: string, ...payloads: unknown[]): void => {
    for (const payload of payloads) helper.getNode(at).receive({ payload });
  };
  const back = (msg: object | undefined): void => {
    helper.getNode("in").receive({ ...msg });
  };
  const arrived = (count: number): Promise<void> => until(() => delivered.length >= count);

  it("deliver what another process stored, and not again what came back", async () => {
    const server = await servers.start();
    await load({ out: server }, server);
    store("out", 1, 2);
    await arrived(1);
    back(delivered[0]);
    await arrived(2);
    await helper.unload();
    await load({ out: server }, server);
    await arrived(1);
    assert.deepEqual(
      delivered.map(({ payload }) => payload),
      [2],
    );
  });

  it("store a message only when the server has it, and go on after the server was killed", async () => {
    const server = await servers.start();
    await load({ out: server }, server);
    store("out", "before");
    await arrived(1);
    back(delivered[0]);
    await untilShown(helper.getNode("in"), "status.delivered");
    await server.kill();
    store("out", "while it is down");
    await server.start();
    await arrived(2);
    assert.equal(delivered[1]?.payload, "while it is down");
  });

  it("take back the messages of two sites, which have the same numbers", async () => {
    const { hub, leafPort } = await servers.hub();
    const north = await servers.site("north", leafPort);
    const south = await servers.site("south", leafPort);
    await load({ north, south }, hub, "north, south");
    store("north", "north 1", "north 2");
    store("south", "south 1", "south 2");
    await arrived(2);
    assert.deepEqual(delivered.map(({ delivery }) => delivery.site).sort(), ["north", "south"]);
    for (const msg of delivered.slice(0, 2)) back(msg);
    await arrived(4);
    for (const msg of delivered.slice(2)) back(msg);
    await untilShown(helper.getNode("in"), "status.delivered");
    assert.deepEqual(delivered.map(({ payload }) => payload).sort(), [
      "north 1",
      "north 2",
      "south 1",
      "south 2",
    ]);
    assert.deepEqual(warningsOf(helper.getNode("in")), []);
  });
});
