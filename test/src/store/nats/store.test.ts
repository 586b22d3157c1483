import assert from "node:assert/strict";
import { jetstreamManager, RetentionPolicy } from "@nats-io/jetstream";
import { openNatsStore, type NatsStoreOptions } from "../../../../src/store/nats";
import type { EventStore } from "../../../../src/store/store";
import { NatsServers, type NatsServer } from "../../../support/nats-server";
import { StoreReader, outgoing, textOf } from "../../../support/store-reader";

describe("the NATS store", function () {
  this.timeout(30_000);
  const servers = new NatsServers();
  const stores: EventStore[] = [];
  let server: NatsServer;

  before(async function () {
    await servers.prepare(this);
  });
  beforeEach(async () => {
    server = await servers.start();
  });
  afterEach(async () => {
    await Promise.all(stores.splice(0).map((store) => store.close()));
    await servers.removeAll();
  });

  function open(options: Partial<NatsStoreOptions> = {}): EventStore {
    const store = openNatsStore({
      connection: { servers: [server.url] },
      stream: "surveillance",
      subjects: ["surveillance.>"],
      maxBytes: 50_000_000,
      dedupWindowMs: 120_000,
      trimMs: 50,
      ...options,
    });
    stores.push(store);
    return store;
  }

  const info = async (): Promise<
    Awaited<ReturnType<Awaited<ReturnType<typeof jetstreamManager>>["streams"]["info"]>>
  > => {
    const nc = await server.client();
    try {
      return await (await jetstreamManager(nc)).streams.info("surveillance");
    } finally {
      await nc.close();
    }
  };

  it("leaves the stream to its writer if it only reads", async () => {
    const reading = openNatsStore({ connection: { servers: [server.url] }, stream: "surveillance" });
    stores.push(reading);
    const messages = new StoreReader(reading);
    await open().put(outgoing("1"));
    await messages.until(() => messages.deliveries.length === 1);
    const { config } = await info();
    assert.deepEqual([config.max_bytes, config.duplicate_window], [50_000_000, 120e9]);
  });

  it("makes a stream that loses nothing by itself", async () => {
    const stored = await open().put(outgoing("1"));
    assert.deepEqual(stored, { stream: "surveillance", sequence: 1, duplicate: false });
    const { config } = await info();
    assert.equal(config.storage, "file");
    assert.equal(config.discard, "new");
    assert.equal(config.max_age, 0);
    assert.equal(config.max_bytes, 50_000_000);
    assert.equal(config.duplicate_window, 120e9);
  });

  it("has stored a message when put resolves: it survives kill -9 of the server", async () => {
    const store = open();
    for (let number = 1; number <= 20; number += 1) await store.put(outgoing(String(number)));
    await server.kill();
    await server.start();
    const reader = new StoreReader(open());
    await reader.until(() => reader.deliveries.length === 20);
    assert.deepEqual(
      await Promise.all(reader.deliveries.map(textOf)),
      Array.from({ length: 20 }, (_, at) => String(at + 1)),
    );
  });

  it("stores one of two messages with the same identity", async () => {
    const store = open();
    await store.put(outgoing("1", { identity: "same" }));
    assert.deepEqual(await store.put(outgoing("1", { identity: "same" })), {
      stream: "surveillance",
      sequence: 1,
      duplicate: true,
    });
  });

  it("delivers with the levels of the subject, and counts what was read", async () => {
    const store = open();
    await store.put(outgoing("1", { camera: "Gate 1.a*>" }));
    const reader = new StoreReader(store, {}, (delivery) => {
      void delivery.read();
      if (delivery.count < 3) delivery.again(10);
      else void delivery.acknowledge();
    });
    await reader.until(() => reader.deliveries.length === 3);
    assert.deepEqual(
      reader.deliveries.map(({ count }) => count),
      [1, 2, 3],
    );
    assert.deepEqual(reader.deliveries[0]?.subject, ["surveillance", "isapi", "Gate 1.a*>", "1", "motion"]);
  });

  it("does not count what the server sends again and nobody reads, here and in the next process", async () => {
    const store = open();
    await store.put(outgoing("unread"));
    const waiting = new StoreReader(store, {}, (delivery) => {
      if (waiting.deliveries.length < 30) delivery.again(0);
    });
    await waiting.until(() => waiting.deliveries.length === 30);
    assert.deepEqual(new Set(waiting.deliveries.map(({ count }) => count)), new Set([1]));
    await waiting.source.close();
    const reader = new StoreReader(store);
    await reader.until(() => reader.deliveries.length === 1);
    assert.ok((reader.deliveries[0]?.count ?? 0) <= 2);
  });

  it("delivers again what is not acknowledged, unless the time is extended", async () => {
    const store = open();
    await store.put(outgoing("forgotten"));
    const reader = new StoreReader(store, { ackWaitMs: 300 }, (delivery) => void delivery.read());
    await reader.until(() => reader.deliveries.length === 2);
    assert.deepEqual(
      reader.deliveries.map(({ count }) => count),
      [1, 2],
    );
  });

  it("delivers again what a closed reader had in hand, also with a time that is not a multiple of 3", async () => {
    const store = open();
    await store.put(outgoing("in hand"));
    const options = { ackWaitMs: 3_100 };
    const closed = new StoreReader(store, options, () => undefined);
    await closed.until(() => closed.deliveries.length === 1);
    await closed.source.close();
    const reader = new StoreReader(store, options);
    await reader.until(() => reader.deliveries.length === 1 || reader.failures.length > 0);
    assert.deepEqual(reader.failures, []);
  });

  it("delivers at most lookahead messages that are not acknowledged", async () => {
    const store = open();
    const reader = new StoreReader(store, { lookahead: 3 }, () => undefined);
    await Promise.all(Array.from({ length: 10 }, (_, at) => store.put(outgoing(String(at)))));
    await reader.until(() => reader.deliveries.length === 3);
    await reader.deliveries[0]?.acknowledge();
    await reader.until(() => reader.deliveries.length === 4);
    assert.equal(reader.deliveries.length, 4);
  });

  it("delivers only what matches the filter", async () => {
    const store = open();
    const reader = new StoreReader(store, { filter: "surveillance.*.Gate 2.>" });
    await store.put(outgoing("1"));
    await store.put(outgoing("2", { camera: "Gate 2" }));
    await reader.until(() => reader.deliveries.length > 0);
    assert.deepEqual(await Promise.all(reader.deliveries.map(textOf)), ["2"]);
  });

  it("removes what every consumer has acknowledged, and not before", async () => {
    const store = open();
    await store.put(outgoing("1"));
    const one = new StoreReader(store, { consumer: "one" });
    await one.until(() => one.deliveries.length === 1);
    const two = new StoreReader(store, { consumer: "two" }, () => undefined);
    await two.until(() => two.deliveries.length === 1);
    await store.put(outgoing("2"));
    await two.until(() => two.deliveries.length === 2);
    assert.ok((await info()).state.messages >= 1, "two has not acknowledged");
    for (const delivery of two.deliveries) await delivery.acknowledge();
    while ((await info()).state.messages > 0) await new Promise((resolve) => setTimeout(resolve, 20));
  });

  it("stores 3 MB pictures, and removes them with their message", async () => {
    const store = open();
    const picture = Buffer.alloc(3_000_000, "picture");
    const stored = await store.put({ ...outgoing(""), bytes: picture });
    assert.equal(stored.duplicate, false);
    const reader = new StoreReader(store, {}, () => undefined);
    await reader.until(() => reader.deliveries.length === 1);
    const [delivery] = reader.deliveries;
    assert.ok(delivery !== undefined && picture.equals(await delivery.read()));
    await delivery.acknowledge();
    const nc = await server.client();
    const jsm = await jetstreamManager(nc);
    while ((await jsm.streams.info("OBJ_surveillance-large")).state.messages > 0)
      await new Promise((resolve) => setTimeout(resolve, 20));
    await nc.close();
  });

  it("removes large messages with those of a stream that the user has made", async () => {
    const nc = await server.client();
    const jsm = await jetstreamManager(nc);
    const retention = RetentionPolicy.Workqueue;
    await jsm.streams.add({ name: "surveillance", subjects: ["surveillance.>"], retention });
    const store = open();
    await store.put({ ...outgoing(""), bytes: Buffer.alloc(3_000_000) });
    const reader = new StoreReader(store);
    await reader.until(() => reader.deliveries.length === 1);
    while ((await jsm.streams.info("OBJ_surveillance-large")).state.messages > 0)
      await new Promise((resolve) => setTimeout(resolve, 20));
    await nc.close();
  });

  it("refuses messages when the stream is full, and names the consumer that is behind", async () => {
    const store = open({ maxBytes: 20_000 });
    const reader = new StoreReader(store, { consumer: "slow", lookahead: 1 }, () => undefined);
    await reader.until(() => reader.kind === "connected");
    const fill = async (): Promise<void> => {
      for (let number = 0; number < 50; number += 1) await store.put(outgoing("x".repeat(1_000)));
    };
    await assert.rejects(fill, (error: Error & { code: string }) => {
      assert.equal(error.code, "STORE_FULL");
      assert.match(error.message, /Consumer slow has \d+ messages before it/);
      return true;
    });
    for (const delivery of reader.deliveries) await delivery.acknowledge();
  });

  it("delivers what other programs have published", async () => {
    const store = open();
    await store.put(outgoing("1"));
    const nc = await server.client();
    nc.publish("surveillance.other", JSON.stringify({ hello: 1 }));
    await nc.flush();
    await nc.close();
    const reader = new StoreReader(store);
    await reader.until(() => reader.deliveries.length === 2);
    assert.deepEqual(reader.deliveries[1]?.subject, ["surveillance", "other"]);
    assert.deepEqual(await Promise.all(reader.deliveries.map(textOf)), ["1", '{"hello":1}']);
  });

  it("makes a deleted consumer again", async () => {
    const store = open();
    const reader = new StoreReader(store);
    await reader.until(() => reader.kind === "connected");
    const nc = await server.client();
    await (await jetstreamManager(nc)).consumers.delete("surveillance", "reader");
    await nc.close();
    await reader.until(() => reader.kind === "retrying");
    await reader.until(() => reader.kind === "connected");
    await store.put(outgoing("after"));
    await reader.until(() => reader.deliveries.length === 1);
  });

  it("offers to others at once what its flow has not acknowledged when it closes", async () => {
    const store = open();
    const first = new StoreReader(store, {}, () => undefined);
    await store.put(outgoing("1"));
    await first.until(() => first.deliveries.length === 1);
    await first.source.close();
    const start = performance.now();
    const second = new StoreReader(store);
    await second.until(() => second.deliveries.length === 1);
    assert.ok(performance.now() - start < 5_000, "before ackWait");
  });

  it("closes within 2 s, and then refuses messages", async () => {
    const store = open();
    await store.put(outgoing("1"));
    const start = performance.now();
    await store.close();
    assert.ok(performance.now() - start < 2_000);
    await assert.rejects(store.put(outgoing("2")), { code: "CLOSED" });
  });
});
