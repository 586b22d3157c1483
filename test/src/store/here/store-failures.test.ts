import assert from "node:assert/strict";
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmod, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { Database } from "../../../../src/store/here/database";
import { ManualClock } from "../../../support/manual-clock";
import { until } from "../../../support/until";
import { message, read, StoreRig, texts } from "./store-rig";

const KILLED = path.join(__dirname, "store-process.ts");

describe("the event store of this computer in trouble", function () {
  this.timeout(30_000);
  let rig: StoreRig;
  beforeEach(async () => {
    rig = await StoreRig.create();
  });
  afterEach(() => rig.remove());

  /** Lets the next commit of any database fail as on a full disk. */
  function fillDisk(): () => void {
    const whole = Object.getOwnPropertyDescriptor(Database.prototype, "apply") ?? {};
    Database.prototype.apply = () => {
      const cause = new Error("IO error: /store/000005.log: No space left on device");
      return Promise.reject(cause);
    };
    return () => {
      Object.defineProperty(Database.prototype, "apply", whole);
    };
  }

  it("refuses while the disk is full, and works again when there is space", async () => {
    const clock = new ManualClock();
    const store = rig.open({ clock });
    const reader = read(store);
    await store.put(message("a"));
    await reader.got(1);
    const free = fillDisk();
    try {
      await assert.rejects(store.put(message("b")), { code: "STORE_DISK_FULL" });
      await assert.rejects(store.put(message("b")), { code: "STORE_DISK_FULL" });
      assert.deepEqual(reader.failures, ["STORE_DISK_FULL"]);
      assert.equal(reader.states.at(-1)?.kind, "retrying");
      await assert.rejects(reader.deliveries[0]?.acknowledge() ?? Promise.resolve(), {
        code: "STORE_DISK_FULL",
      });
    } finally {
      free();
    }
    clock.advance(2);
    await until(() => reader.states.at(-1)?.kind === "connected");
    assert.equal((await store.put(message("b"))).sequence, 2);
    await reader.got(2);
    await reader.deliveries[0]?.acknowledge();
    assert.deepEqual(await texts(reader.deliveries.slice(1)), ["b"]);
    assert.deepEqual(reader.sequences(), [1, 2], "what was in the flow is not delivered again");
  });

  it("names the folder that another process uses, and takes it when that ends", async () => {
    const other = await Database.open(path.join(rig.folder, "surveillance"));
    const clock = new ManualClock();
    const store = rig.open({ clock });
    const reader = read(store);
    await assert.rejects(store.put(message("a")), { code: "STORE_IN_USE", message: /surveillance/ });
    assert.deepEqual(reader.failures, ["STORE_IN_USE"]);
    const late = read(store, { consumer: "late" });
    assert.deepEqual(late.failures, ["STORE_IN_USE"]);
    await other.close();
    clock.advance(2);
    await until(() => reader.states.at(-1)?.kind === "connected");
    await store.put(message("a"));
    await reader.got(1);
  });

  it("says what is wrong with a folder that cannot be made", async () => {
    await writeFile(path.join(rig.folder, "file"), "");
    const store = rig.open({ folder: path.join(rig.folder, "file") });
    await assert.rejects(store.put(message("a")), { code: "STORE_FAILED", message: /Node-RED may write/ });
  });

  it("repairs a database whose manifest was damaged", async () => {
    const first = rig.open();
    await first.put(message("a"));
    await first.close();
    const folder = path.join(rig.folder, "surveillance");
    const manifest = (await readdir(folder)).find((name) => name.startsWith("MANIFEST")) ?? "";
    await chmod(path.join(folder, manifest), 0o600);
    await writeFile(path.join(folder, manifest), Buffer.alloc(200, 1));
    const second = rig.open();
    const reader = read(second);
    await reader.got(1);
    assert.deepEqual(await texts(reader.deliveries), ["a"]);
    assert.match(reader.warnings[0] ?? "", /repaired/);
    assert.equal((await second.put(message("b"))).sequence, 2);
  });

  it("keeps what is whole when a power cut left half a record", async () => {
    const first = rig.open();
    for (const text of ["a", "b", "c"]) await first.put(message(text));
    await first.close();
    const folder = path.join(rig.folder, "surveillance");
    const log = (await readdir(folder)).find((name) => name.endsWith(".log")) ?? "";
    const bytes = await readFile(path.join(folder, log));
    await writeFile(path.join(folder, log), bytes.subarray(0, bytes.length - 10));
    const reader = read(rig.open());
    await reader.got(2);
    assert.deepEqual(await texts(reader.deliveries), ["a", "b"]);
  });

  it("loses nothing that was confirmed when its process is killed", async () => {
    const ROUNDS = 20;
    const start = (round: number): ChildProcess =>
      fork(KILLED, [rig.folder, String(round)], { execArgv: ["-r", "tsx/cjs"] });
    let next = start(0);
    const confirmed = new Set<string>();
    const given = new Set<string>();
    const acknowledged = new Set<string>();
    const doubled: string[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const child = next;
      // A process needs longer to start than to be killed.
      next = start(round + 1);
      child.send("go");
      child.on("message", ({ stored, read: seen, done }: Record<string, string | undefined>) => {
        if (stored !== undefined) confirmed.add(stored);
        if (seen !== undefined) given.add(seen);
        if (seen !== undefined && acknowledged.has(seen)) doubled.push(seen);
        if (done !== undefined) acknowledged.add(done);
      });
      const wanted = confirmed.size + 1 + ((round * 7) % 20);
      await until(() => confirmed.size >= wanted);
      child.kill("SIGKILL");
      await once(child, "close");
    }
    next.kill("SIGKILL");
    await once(next, "close");
    const reader = read(rig.open(), { lookahead: 100_000 });
    await until(() => reader.states.at(-1)?.kind === "connected");
    const store = rig.open();
    const end = await store.put(message("end"));
    await until(() => reader.sequences().includes(end.sequence));
    const left = new Set(await texts(reader.deliveries));
    assert.deepEqual(
      [...confirmed].filter((text) => !given.has(text) && !left.has(text)),
      [],
    );
    assert.deepEqual(doubled, []);
    assert.ok(acknowledged.size > 0);
  });
});
