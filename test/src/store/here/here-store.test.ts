import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "mocha";
import { openHereStore } from "../../../../src/store/here";
import { ManualClock } from "../../../support/manual-clock";
import { until } from "../../../support/until";
import { message, read, StoreRig, texts } from "./store-rig";

describe("the event store of this computer", () => {
  let rig: StoreRig;
  beforeEach(async () => {
    rig = await StoreRig.create();
  });
  afterEach(() => rig.remove());

  it("delivers messages in the order in which they were stored", async () => {
    const store = rig.open();
    const stored = await Promise.all(["a", "b", "c"].map((text) => store.put(message(text))));
    assert.deepEqual(
      stored,
      [1, 2, 3].map((sequence) => ({ stream: "surveillance", sequence, duplicate: false })),
    );
    const reader = read(store);
    await reader.got(3);
    await store.put(message("d"));
    await reader.got(4);
    assert.deepEqual(await texts(reader.deliveries), ["a", "b", "c", "d"]);
    assert.deepEqual(reader.deliveries[0]?.subject, ["surveillance", "isapi", "gate", "1", "motion"]);
    assert.deepEqual(
      reader.states.map(({ kind }) => kind),
      ["connecting", "connected"],
    );
  });

  it("goes on after a restart: numbers, what is acknowledged, what is not", async () => {
    const first = rig.open();
    for (const text of ["a", "b", "c"]) await first.put(message(text));
    const before = read(first);
    await before.got(3);
    await before.deliveries[1]?.acknowledge();
    await first.close();

    const second = rig.open();
    const after = read(second);
    await after.got(2);
    assert.deepEqual(after.sequences(), [1, 3]);
    assert.equal((await second.put(message("d"))).sequence, 4);
  });

  it("does not reuse a number after everything was acknowledged", async () => {
    const first = rig.open();
    await first.put(message("a"));
    const reader = read(first);
    await reader.got(1);
    await reader.deliveries[0]?.acknowledge();
    await first.close();
    assert.equal((await rig.open().put(message("b"))).sequence, 2);
  });

  it("keeps everything for the first consumer", async () => {
    const store = rig.open();
    await store.put(message("a"));
    const early = read(store);
    await early.got(1);
    await early.deliveries[0]?.acknowledge();
    await store.put(message("b"));
    const late = read(store, { consumer: "late" });
    await late.got(1);
    assert.deepEqual(await texts(late.deliveries), ["b"]);
  });

  it("shares one database between the nodes of a process", async () => {
    const [out, into] = [rig.open(), rig.open()];
    const reader = read(into);
    await out.put(message("a"));
    await reader.got(1);
    await out.close();
    await into.close();
  });

  it("opens again while it closes, as in a redeploy", async () => {
    const old = rig.open();
    await old.put(message("a"));
    const closing = old.close();
    const fresh = rig.open();
    assert.equal((await fresh.put(message("b"))).sequence, 2);
    await closing;
    await assert.rejects(old.put(message("c")), { code: "CLOSED" });
  });

  it("rejects a stream name that is a path", () => {
    assert.throws(() => openHereStore({ folder: rig.folder, stream: "../x" }), { code: "CONFIG_INVALID" });
  });

  describe("duplicates", () => {
    it("stores a repeated message once", async () => {
      const store = rig.open();
      const [first, second] = await Promise.all([store.put(message("a")), store.put(message("a"))]);
      assert.deepEqual([first.duplicate, second.duplicate], [false, true]);
      assert.equal(second.sequence, first.sequence);
    });

    it("knows it after a restart, until the window is over", async () => {
      const clock = new ManualClock();
      const settings = { clock, dedupWindowMs: 60_000 };
      const first = rig.open(settings);
      await first.put(message("a"));
      await first.close();
      const second = rig.open(settings);
      clock.advance(59);
      assert.equal((await second.put(message("a"))).duplicate, true);
      clock.advance(2);
      assert.equal((await second.put(message("a"))).duplicate, false);
    });

    it("is not misled by a clock that is set back", async () => {
      const later = rig.open({ clock: new ManualClock("2036-01-01T00:00:00Z") });
      await later.put(message("a"));
      await later.close();
      const store = rig.open({ clock: new ManualClock("2026-01-01T00:00:00Z") });
      assert.equal((await store.put(message("a"))).duplicate, false);
    });
  });

  describe("delivery", () => {
    it("has at most lookahead messages in hand", async () => {
      const store = rig.open();
      for (let n = 1; n <= 5; n++) await store.put(message(`${n}`));
      const reader = read(store, { lookahead: 2 });
      await reader.got(2);
      await reader.deliveries[1]?.acknowledge();
      await reader.got(3);
      assert.deepEqual(reader.sequences(), [1, 2, 3]);
    });

    it("repeats what is not acknowledged in time, and counts what was read", async () => {
      const clock = new ManualClock();
      const store = rig.open({ clock });
      await store.put(message("a"));
      const reader = read(store, { ackWaitMs: 30_000 });
      await reader.got(1);
      await reader.deliveries[0]?.read();
      clock.advance(29);
      reader.deliveries[0]?.extend();
      clock.advance(29);
      assert.equal(reader.deliveries.length, 1);
      clock.advance(2);
      await reader.got(2);
      assert.equal(reader.deliveries[1]?.count, 2);
    });

    it("accepts a late acknowledgement", async () => {
      const clock = new ManualClock();
      const store = rig.open({ clock });
      await store.put(message("a"));
      const reader = read(store);
      await reader.got(1);
      clock.advance(31);
      await reader.got(2);
      await reader.deliveries[0]?.acknowledge();
      clock.advance(31);
      await store.put(message("b"));
      await reader.got(3);
      assert.deepEqual(reader.sequences(), [1, 1, 2]);
    });

    it("repeats after a delay on request", async () => {
      const clock = new ManualClock();
      const store = rig.open({ clock });
      await store.put(message("a"));
      const reader = read(store);
      await reader.got(1);
      reader.deliveries[0]?.again(5000);
      clock.advance(4);
      assert.equal(reader.deliveries.length, 1);
      clock.advance(1);
      await reader.got(2);
    });

    it("counts deliveries across restarts, so that a message which ends the process is known", async () => {
      for (let count = 1; count <= 3; count++) {
        const store = rig.open();
        if (count === 1) await store.put(message("poison"));
        const reader = read(store);
        await reader.got(1);
        assert.equal(reader.deliveries[0]?.count, count);
        await reader.deliveries[0].read();
        await store.close();
      }
    });

    it("does not count a delivery that nobody read", async () => {
      for (let restart = 1; restart <= 2; restart++) {
        const store = rig.open();
        await store.put(message("a"));
        const reader = read(store);
        await reader.got(1);
        assert.equal(reader.deliveries[0]?.count, 1);
        await store.close();
      }
    });

    it("passes what a closed node had in hand to another of the same consumer", async () => {
      const store = rig.open();
      const first = read(store);
      await store.put(message("a"));
      await first.got(1);
      const second = read(store);
      await first.close();
      await second.got(1);
      assert.deepEqual(second.sequences(), [1]);
    });

    it("delivers nothing after it was closed", async () => {
      const store = rig.open();
      const reader = read(store);
      await store.put(message("a"));
      await reader.got(1);
      await reader.close();
      await store.put(message("b"));
      const other = read(store, { consumer: "other" });
      await other.got(2);
      assert.equal(reader.deliveries.length, 1);
    });
  });

  describe("room", () => {
    const big = (name: string): ReturnType<typeof message> => message(name.padEnd(1000, "."));

    it("is refused beyond maxBytes, naming the consumer that is furthest behind", async () => {
      const store = rig.open({ maxBytes: 2500 });
      await store.put(big("a"));
      await store.put(big("b"));
      const [fast, slow] = [read(store, { consumer: "fast" }), read(store, { consumer: "slow" })];
      await Promise.all([fast.got(2), slow.got(2)]);
      for (const delivery of fast.deliveries) await delivery.acknowledge();
      await assert.rejects(store.put(big("c")), {
        code: "STORE_FULL",
        message: /consumer slow is furthest behind/,
      });
      await slow.deliveries[0]?.acknowledge();
      await store.put(big("c"));
    });

    it("is counted the same after a restart", async () => {
      const first = rig.open({ maxBytes: 2500 });
      await first.put(big("a"));
      await first.put(big("b"));
      await first.close();
      const second = rig.open({ maxBytes: 2500 });
      await assert.rejects(second.put(big("c")), { code: "STORE_FULL", message: /No events-in reads it/ });
      const reader = read(second);
      await reader.got(2);
      await reader.deliveries[0]?.acknowledge();
      await second.put(big("c"));
      await assert.rejects(second.put(big("d")), { code: "STORE_FULL" });
    });

    it("is not taken by what no filter matches", async () => {
      const store = rig.open({ maxBytes: 2500 });
      const reader = read(store, { filter: "surveillance.isapi.>" });
      await until(() => reader.states.at(-1)?.kind === "connected");
      for (let n = 0; n < 5; n++) await store.put({ ...big(`${n}`), subject: ["surveillance", "msg"] });
      await store.put(big("a"));
      await reader.got(1);
      assert.deepEqual(reader.sequences(), [6]);
    });

    it("is given back when all whose filter matches have acknowledged", async () => {
      const store = rig.open({ maxBytes: 1500 });
      const [isapi, msg] = [
        read(store, { consumer: "isapi", filter: "surveillance.isapi.>" }),
        read(store, { consumer: "msg", filter: "surveillance.msg.>" }),
      ];
      await until(() => [isapi, msg].every(({ states }) => states.at(-1)?.kind === "connected"));
      await store.put(big("a"));
      await isapi.got(1);
      await isapi.deliveries[0]?.acknowledge();
      await store.put(big("b"));
      assert.deepEqual(msg.sequences(), []);
    });

    it("is given back when the consumer that needs it is removed", async () => {
      const store = rig.open({ maxBytes: 1500 });
      await store.put(big("a"));
      const [main, old] = [read(store), read(store, { consumer: "old" })];
      await Promise.all([main.got(1), old.got(1)]);
      await main.deliveries[0]?.acknowledge();
      await assert.rejects(store.put(big("b")), { code: "STORE_FULL" });
      await old.close(true);
      await untilStored(() => store.put(big("b")));
    });

    it("stays taken when a consumer stops without being removed", async () => {
      const first = rig.open({ maxBytes: 1500 });
      await first.put(big("a"));
      const [main, old] = [read(first), read(first, { consumer: "old" })];
      await Promise.all([main.got(1), old.got(1)]);
      await main.deliveries[0]?.acknowledge();
      await first.close();
      const second = rig.open({ maxBytes: 1500 });
      await assert.rejects(second.put(big("b")), { code: "STORE_FULL", message: /consumer old/ });
    });

    async function untilStored(put: () => Promise<unknown>): Promise<void> {
      for (;;) {
        const error = await put().then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
        if (error === undefined) return;
        await new Promise(setImmediate);
      }
    }
  });
});
