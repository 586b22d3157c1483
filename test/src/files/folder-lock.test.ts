import assert from "node:assert/strict";
import { mkdtemp, open, readFile, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { FolderLock } from "../../../src/files/folder-lock";
import { ownIdentity } from "../../../src/files/process-identity";

const times = { beatMs: 20, watchMs: 100 };

describe("FolderLock", () => {
  let folder: string;
  let file: string;
  let locks: FolderLock[];

  const lock = (): FolderLock => {
    const made = new FolderLock(file, times);
    locks.push(made);
    return made;
  };
  /** Writes the lock file that another process leaves. */
  const leave = (holder: object | string): Promise<void> =>
    writeFile(file, typeof holder === "string" ? holder : JSON.stringify(holder).padEnd(512));

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "lock-"));
    file = path.join(folder, "lock");
    locks = [];
  });
  afterEach(async () => {
    for (const each of locks) await each.release();
    await rm(folder, { recursive: true, force: true });
  });

  it("creates its folder", async () => {
    file = path.join(folder, "new", "lock");
    assert.equal(await lock().acquire(), undefined);
    assert.deepEqual(await readdir(path.dirname(file)), ["lock"]);
  });

  it("is acquired by the first, and refused to the second with the name of its holder", async () => {
    assert.equal(await lock().acquire(), undefined);
    const holder = await lock().acquire();
    assert.equal(holder?.pid, process.pid);
    assert.equal(holder.host, os.hostname());
  });

  it("is free when it is released, and leaves no file", async () => {
    const first = lock();
    await first.acquire();
    await first.release();
    assert.deepEqual(await readdir(path.dirname(file)), []);
    assert.equal(await lock().acquire(), undefined);
  });

  it("can be acquired again by its holder", async () => {
    const first = lock();
    await first.acquire();
    assert.equal(await first.acquire(), undefined);
    assert.equal(await first.isHeld(), true);
  });

  it("is taken over at once from a process of this machine that has ended", async () => {
    // No process has this number on any system.
    await leave({ ...(await ownIdentity()), pid: 2 ** 31 - 1, beat: 1 });
    assert.equal(await new FolderLock(file, { beatMs: 60_000, watchMs: 600_000 }).acquire(), undefined);
    await rm(file);
  });

  it("is taken over from an earlier process of the same number", async function () {
    const own = await ownIdentity();
    if (own.started === undefined) this.skip();
    await leave({ ...own, started: "1", beat: 1 });
    assert.equal(await new FolderLock(file, { beatMs: 60_000, watchMs: 600_000 }).acquire(), undefined);
    await rm(file);
  });

  it("is taken over from this process if it could not be deleted on release", async () => {
    await leave({ ...(await ownIdentity()), host: os.hostname(), beat: 7 });
    assert.equal(await lock().acquire(), undefined);
  });

  for (const [what, left] of Object.entries({
    "another container or machine": { pid: process.pid, machine: "another", beat: 1 },
    "a process that could not write to it": "",
    "an unknown holder": "null",
  })) {
    it(`is taken over from ${what} without heartbeats`, async () => {
      await leave(left);
      assert.equal(await lock().acquire(), undefined);
    });
  }

  it("is refused while another machine writes heartbeats", async () => {
    let beat = 0;
    const write = (): Promise<void> => leave({ pid: 1, machine: "another", host: "elsewhere", beat: ++beat });
    await write();
    const beating = setInterval(() => void write(), 10);
    const holder = await lock().acquire();
    clearInterval(beating);
    assert.equal(holder?.host, "elsewhere");
  });

  it("writes heartbeats to a file of constant size", async () => {
    const own = lock();
    await own.acquire();
    const beat = async (): Promise<number> =>
      (JSON.parse(await readFile(file, "utf8")) as { beat: number }).beat;
    const first = await beat();
    while ((await beat()) < first + 2) assert.equal((await stat(file)).size, 512);
  });

  it("is lost when its file is deleted or another process takes it over", async () => {
    const first = lock();
    await first.acquire();
    await rm(file);
    assert.equal(await first.isHeld(), false);
    const second = lock();
    await second.acquire();
    assert.equal(await first.isHeld(), false);
    await first.release();
    assert.equal(await second.isHeld(), true);
  });

  it("is acquired again after its open file was closed, as on a disconnected network drive", async () => {
    const own = lock();
    await own.acquire();
    const other = await open(file);
    const handles = Object.getPrototypeOf(other) as { stat: () => Promise<unknown> };
    await other.close();
    const { stat: asBefore } = handles;
    handles.stat = () => Promise.reject(Object.assign(new Error("stale file handle"), { code: "ESTALE" }));
    try {
      assert.equal(await own.isHeld(), false);
      await rm(file);
      assert.equal(await own.acquire(), undefined);
    } finally {
      handles.stat = asBefore;
    }
    assert.equal(await own.isHeld(), true);
  });

  it("is released even if it is unknown whether it is held", async () => {
    const own = lock();
    await own.acquire();
    await rename(folder, `${folder}-away`);
    await writeFile(folder, "a file in its place");
    await own.release();
    await rm(folder);
    await rename(`${folder}-away`, folder);
    assert.equal(await own.isHeld(), false);
  });

  it("stops waiting when the signal is aborted", async () => {
    await leave({ machine: "another", pid: 1 });
    const waiting = new FolderLock(file, { beatMs: 60_000, watchMs: 600_000 }).acquire(
      AbortSignal.timeout(10),
    );
    await assert.rejects(waiting, { name: "AbortError" });
  });
});
