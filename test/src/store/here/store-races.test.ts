import assert from "node:assert/strict";
import path from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { Commits } from "../../../../src/store/here/commits";
import { ConsumerRecord } from "../../../../src/store/here/consumer-record";
import { Database, type Change } from "../../../../src/store/here/database";
import { HereStore } from "../../../../src/store/here/here-store";
import * as keys from "../../../../src/store/here/keys";
import { Ledger } from "../../../../src/store/here/ledger";
import { Sweeper } from "../../../../src/store/here/sweeper";
import { ManualClock } from "../../../support/manual-clock";
import { until } from "../../../support/until";
import { message, read, StoreRig, texts, type Reader } from "./store-rig";

describe("the event store of this computer, when things coincide", function () {
  this.timeout(30_000);
  let rig: StoreRig;
  let location: string;
  beforeEach(async () => {
    rig = await StoreRig.create();
    location = path.join(rig.folder, "surveillance");
  });
  afterEach(() => rig.remove());

  /** Runs something while no commit can be written, and opens the database again. */
  async function whileDiskIsFull(
    clock: ManualClock,
    reader: Reader,
    run: () => Promise<unknown>,
  ): Promise<void> {
    const whole = Object.getOwnPropertyDescriptor(Database.prototype, "apply") ?? {};
    Database.prototype.apply = () => Promise.reject(new Error("No space left on device"));
    await run();
    Object.defineProperty(Database.prototype, "apply", whole);
    clock.advance(2);
    await until(() => reader.states.at(-1)?.kind === "connected");
  }

  async function acknowledge(reader: Reader, sequence: number): Promise<void> {
    await until(() => reader.sequences().includes(sequence));
    await reader.deliveries.findLast((each) => each.sequence === sequence)?.acknowledge();
  }

  it("keeps a consumer that is deployed again before its removal is written", async () => {
    const clock = new ManualClock();
    const limits = { stream: "surveillance", maxBytes: 1e6, dedupWindowMs: 0 };
    let free = (): void => undefined;
    const before = new Promise<void>((resolve) => {
      free = resolve;
    });
    const store = new HereStore(location, limits, clock, before);
    const removed = read(store).close(true);
    clock.advance(2);
    await removed;
    const deployed = read(store);
    free();
    await store.put(message("a"));
    await acknowledge(deployed, 1);
    await store.put(message("b"));
    await deployed.got(2);
    await store.close();

    const restarted = read(rig.open());
    await restarted.got(1);
    assert.deepEqual(await texts(restarted.deliveries), ["b"]);
  });

  it("gives no number twice when a repaired database has lost the last one", async () => {
    const store = rig.open();
    const [main, slow] = [read(store), read(store, { consumer: "slow" })];
    for (const [at, text] of ["a", "b"].entries()) {
      await store.put(message(text));
      await acknowledge(main, at + 1);
    }
    for (const sequence of [1, 2]) await acknowledge(slow, sequence);
    await store.close();
    const database = await Database.open(location);
    const lost = [keys.LAST_KEY, keys.messageKey("d", 1), keys.messageKey("d", 2)];
    await database.apply(
      lost.map((key) => ({ type: "del", key })),
      true,
    );
    await database.close();

    const repaired = rig.open();
    const reader = read(repaired);
    assert.equal((await repaired.put(message("c"))).sequence, 3);
    await reader.got(1);
  });

  it("does not take back an acknowledgement because a second one fails", async () => {
    const clock = new ManualClock();
    const store = rig.open({ clock, maxBytes: 400, dedupWindowMs: 0 });
    const [main, slow] = [read(store), read(store, { consumer: "slow" })];
    await store.put(message("a"));
    await acknowledge(main, 1);
    await acknowledge(slow, 1);
    await whileDiskIsFull(clock, main, () =>
      // One commit has both.
      Promise.allSettled([
        store.put(message("b")),
        Promise.resolve().then(() => main.deliveries[0]?.acknowledge()),
      ]),
    );
    for (const sequence of [2, 3]) {
      await store.put(message(`${sequence}`));
      await acknowledge(main, sequence);
    }
    await assert.rejects(store.put(message("full")), { code: "STORE_FULL", message: /consumer slow/ });
  });

  it("counts the deliveries of a message whose acknowledgement was not written", async () => {
    const clock = new ManualClock();
    const store = rig.open({ clock });
    const reader = read(store, { ackWaitMs: 60_000 });
    await store.put(message("a"));
    await reader.got(1);
    await texts(reader.deliveries);
    await whileDiskIsFull(clock, reader, () => Promise.allSettled([reader.deliveries[0]?.acknowledge()]));
    clock.advance(60);
    await reader.got(2);
    assert.equal(reader.deliveries[1]?.count, 2);
  });

  it("counts a message once that is acknowledged while the store is swept", async () => {
    const database = await Database.open(location);
    const ledger = new Ledger({ stream: "surveillance", maxBytes: 1e6, dedupWindowMs: 0 });
    const commits = new Commits((changes, toDisk) => database.apply(changes, toDisk));
    const commit = (prepare: () => Change[]): Promise<void> =>
      commits.run({ prepare: () => ({ changes: prepare(), result: undefined }), size: 0, toDisk: false });
    const main = new ConsumerRecord("main");
    const heads = Array.from({ length: 500 }, (_, at) => {
      const { subject, bytes } = message(`${at}`);
      return { sequence: at + 1, subject: [...subject], size: keys.sizeOf(subject, bytes) };
    });
    ledger.consumers.set("main", main);
    for (const { sequence } of heads) await commit(() => ledger.put(message(`${sequence - 1}`), 0).changes);
    for (const head of heads) main.pending.set(head.sequence, head);
    main.readTo = heads.length;

    const swept = new Sweeper(ledger, commits).sweep(database);
    await Promise.all(heads.map((head) => commit(() => ledger.acknowledge(main, head))));
    await swept;
    await database.close();
    assert.equal(ledger.bytes, 0);
  });
});
