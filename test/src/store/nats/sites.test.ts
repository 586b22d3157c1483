import assert from "node:assert/strict";
import { openNatsStore, type NatsConnectionOptions } from "../../../../src/store/nats";
import type { EventStore } from "../../../../src/store/store";
import { NatsServers, type NatsServer } from "../../../support/nats-server";
import { StoreReader, outgoing, textOf } from "../../../support/store-reader";

describe("sites with their own nats-server", function () {
  this.timeout(90_000);
  const servers = new NatsServers();
  const stores: EventStore[] = [];

  before(async function () {
    await servers.prepare(this);
  });
  afterEach(async () => {
    await Promise.all(stores.splice(0).map((store) => store.close()));
    await servers.removeAll();
  });

  function open(server: NatsServer, connection: Partial<NatsConnectionOptions> = {}): EventStore {
    const store = openNatsStore({
      connection: { servers: [server.url], ...connection },
      stream: "surveillance",
      subjects: ["surveillance.>"],
      maxBytes: 50_000_000,
      dedupWindowMs: 120_000,
      trimMs: 100,
    });
    stores.push(store);
    return store;
  }

  /** Returns the texts of a site in the order of its stream, each message once. */
  async function textsOf(reader: StoreReader, site: string): Promise<string[]> {
    const known = new Map<number, Promise<string>>();
    for (const delivery of reader.deliveries)
      if (delivery.site === site && !known.has(delivery.sequence))
        known.set(delivery.sequence, textOf(delivery));
    return Promise.all([...known.values()]);
  }

  it("reads two sites at the hub, each message once and with the name of its site", async () => {
    const { hub, leafPort } = await servers.hub();
    const one = open(await servers.site("one", leafPort));
    const two = open(await servers.site("two", leafPort));
    const reader = new StoreReader(open(hub, { domains: ["one", "two"] }));
    for (let number = 0; number < 50; number += 1) {
      await one.put(outgoing(`one ${number}`));
      await two.put(outgoing(`two ${number}`));
    }
    await reader.until(() => reader.deliveries.length >= 100);
    const expected = (site: string): string[] => Array.from({ length: 50 }, (_, at) => `${site} ${at}`);
    assert.deepEqual(await textsOf(reader, "one"), expected("one"));
    assert.deepEqual(await textsOf(reader, "two"), expected("two"));
    assert.equal(reader.deliveries.length, 100, "no site has the messages of the other");
  });

  it("carries large pictures to the hub", async () => {
    const { hub, leafPort } = await servers.hub();
    const site = open(await servers.site("one", leafPort));
    const picture = Buffer.alloc(3_000_000, "picture");
    await site.put({ ...outgoing(""), bytes: picture });
    const reader = new StoreReader(open(hub, { domains: ["one"] }), {}, () => undefined);
    await reader.until(() => reader.deliveries.length === 1);
    const [delivery] = reader.deliveries;
    assert.ok(delivery !== undefined && picture.equals(await delivery.read()));
    await delivery.acknowledge();
  });

  it("delivers everything after a site was cut off, with kill -9 of hub and site in between", async () => {
    const { hub, leafPort } = await servers.hub();
    const site = await servers.site("one", leafPort);
    const store = open(site);
    const reader = new StoreReader(open(hub, { domains: ["one"] }), { ackWaitMs: 2_000 });
    const put = async (from: number, to: number): Promise<void> => {
      for (let number = from; number < to; number += 1) await store.put(outgoing(String(number)));
    };
    await put(0, 50);
    await reader.until(() => reader.deliveries.length >= 50);

    await hub.kill();
    await put(50, 300);
    await site.kill();
    await site.start();
    await put(300, 550);
    await hub.start();
    await reader.until(() => new Set(reader.deliveries.map(({ sequence }) => sequence)).size === 550);
    const numbers = (await textsOf(reader, "one")).map(Number);
    assert.deepEqual(new Set(numbers), new Set(Array.from({ length: 550 }, (_, at) => at)));
    // A killed site forgets what was in the hands of the killed hub: after ackWait, it comes late.
    const inOrder = numbers.filter((number, at) => at === 0 || number > Math.max(...numbers.slice(0, at)));
    assert.ok(inOrder.length >= 550 - 20, `${inOrder.length} in order`);
  });

  it("shows a site that is cut off while the other one goes on", async () => {
    const { hub, leafPort } = await servers.hub();
    const one = await servers.site("one", leafPort);
    const two = open(await servers.site("two", leafPort));
    await open(one).put(outgoing("1"));
    const reader = new StoreReader(open(hub, { domains: ["one", "two"] }));
    await two.put(outgoing("2"));
    await reader.until(() => reader.deliveries.length === 2);
    await one.kill();
    await reader.until(() => reader.kind === "retrying");
    assert.match(reader.failures.at(-1)?.message ?? "", /domain one/);
    await two.put(outgoing("3"));
    await reader.until(() => reader.deliveries.length === 3);
    await one.start();
    await reader.until(() => reader.kind === "connected");
  });

  it("stores nothing at sites from the hub", async () => {
    const { hub } = await servers.hub();
    await assert.rejects(open(hub, { domains: ["one"] }).put(outgoing("1")), { code: "CONFIG_INVALID" });
  });
});
