import assert from "node:assert/strict";
import { appendFile, chmod, mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { EventJournal, type EventJournalOptions } from "../../../../../src/hcp/events/memory/journal";
import { EventSources } from "../../../../../src/hcp/events/memory/known-sources";
import type { SeenSnapshot } from "../../../../../src/hcp/events/memory/seen-events";

const sources = { ids: { camera: ["31"] }, kinds: {} };
const own = [{ destination: "f1", types: [131331] }];

describe("EventJournal", () => {
  let folder: string;
  let problems: (Error & { code?: string })[];
  let open: EventJournal[];

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "journal-"));
    [problems, open] = [[], []];
  });
  afterEach(async () => {
    await Promise.all(open.map((each) => each.close()));
    await rm(folder, { recursive: true, force: true });
  });

  function journal(options: Partial<EventJournalOptions> = {}): EventJournal {
    const made = new EventJournal({
      file: path.join(folder, "a", "b", "node"),
      current: () => ({ state: { latest: 9 }, own, sources }),
      onProblem: (error) => problems.push(error),
      ...options,
    });
    open.push(made);
    return made;
  }
  const seen = (prefix: string, count: number): SeenSnapshot =>
    Array.from({ length: count }, (_, index) => [`${prefix}-${index}`, 1]);

  it("does not exist before its first state", async () => {
    assert.equal(await journal().load(), undefined);
  });

  it("loads its entries without having been closed", async () => {
    const first = journal();
    first.add({ state: { latest: 1, subscribed: 2, gap: 1 }, own, sources });
    first.add({ seen: [["x", 2]] });
    first.add({
      state: { latest: 5 },
      seen: [["x", 4]],
      sources: { ids: { camera: ["32"] }, kinds: { 7: "door" } },
    });
    await first.flush();
    assert.deepEqual(await journal().load(), {
      stream: {
        latest: 5,
        seen: [
          ["x", 2],
          ["x", 4],
        ],
        sources: { ids: { camera: ["31", "32"] }, kinds: { 7: "door" } },
      },
      own,
    });
  });

  it("ignores a last line that a kill has cut off, and continues after it", async () => {
    const first = journal();
    first.add({ state: { latest: 1 }, seen: [["x", 1]] });
    await first.close();
    await appendFile(path.join(folder, "a", "b", "node.jsonl"), '{"seen":[["torn",1');
    const second = journal();
    await second.load();
    second.add({ seen: [["y", 1]] });
    await second.close();
    const memory = await journal().load();
    assert.deepEqual(memory?.stream.seen, [
      ["x", 1],
      ["y", 1],
    ]);
  });

  it("drops the oldest events, and keeps the latest events and the current state", async () => {
    const subject = journal({ maxSeen: 100 });
    subject.add({ state: { latest: 1 } });
    for (const prefix of ["a", "b", "c", "d", "e"]) {
      subject.add({ seen: seen(prefix, 100) });
      await subject.flush();
    }
    subject.add({ seen: seen("f", 50) });
    await subject.close();
    const memory = await journal().load();
    const prefixes = new Set(memory?.stream.seen.map(([id]) => id.split("-")[0]));
    assert.deepEqual([...prefixes], ["e", "f"]);
    assert.deepEqual([memory?.stream.latest, memory?.own], [9, own]);
    assert.deepEqual(new EventSources(memory?.stream.sources).snapshot(), sources);
    assert.deepEqual((await readdir(path.join(folder, "a", "b"))).sort(), ["node.jsonl", "node.old.jsonl"]);
  });

  it("is complete when the process is killed between its two files", async () => {
    const subject = journal({ maxSeen: 10 });
    subject.add({ state: { latest: 1 }, seen: seen("a", 10) });
    await subject.close();
    await rm(path.join(folder, "a", "b", "node.jsonl"));
    const memory = await journal().load();
    assert.deepEqual([memory?.stream.latest, memory?.stream.seen.length], [1, 10]);
  });

  it("writes the entries of one turn of the event loop together", async () => {
    const subject = journal();
    for (let index = 0; index < 1000; index += 1) subject.add({ seen: seen(String(index), 1) });
    await subject.close();
    const text = await readFile(path.join(folder, "a", "b", "node.jsonl"), "utf8");
    assert.equal(text.split("\n").filter((line) => line !== "").length, 1000);
  });

  it("is readable only by its user", async () => {
    const subject = journal();
    subject.add({ state: { latest: 1 } });
    await subject.close();
    assert.equal((await stat(path.join(folder, "a", "b", "node.jsonl"))).mode & 0o077, 0);
  });

  it("reports once that it cannot be written, and why", async () => {
    await writeFile(path.join(folder, "a"), "a file where the folder should be");
    const subject = journal();
    for (let times = 0; times < 3; times += 1) {
      subject.add({ state: { latest: times } });
      await subject.flush();
    }
    assert.deepEqual(
      problems.map(({ code }) => code),
      ["FILE_WRITE"],
    );
    assert.match(problems[0]?.message ?? "", /ENOTDIR|EEXIST/);
  });

  it("starts with the current state and the delivered events when it can be written again", async () => {
    await writeFile(path.join(folder, "a"), "a file where the folder should be");
    const subject = journal({ retryMs: 0 });
    subject.add({ state: { latest: 1 }, own, sources, seen: [["x", 1]] });
    await subject.flush();
    for (let latest = 2; latest < 100; latest += 1) {
      subject.add({ state: { latest } });
      await subject.flush();
    }
    await rm(path.join(folder, "a"));
    subject.add({ seen: [["y", 1]] });
    await subject.close();

    const memory = await journal().load();
    assert.deepEqual(memory, {
      stream: {
        latest: 9,
        seen: [
          ["x", 1],
          ["y", 1],
        ],
        sources,
      },
      own,
    });
    // Entries that cannot be written are not accumulated.
    assert.ok((await stat(path.join(folder, "a", "b", "node.jsonl"))).size < 1000);
    assert.equal(problems.length, 1);
  });

  it("forgets ongoing events when they have ended", async () => {
    const subject = journal();
    subject.add({ state: { latest: 1, open: [["7 31", "x"]] } });
    subject.add({ state: { latest: 2 } });
    await subject.close();
    assert.deepEqual((await journal().load())?.stream, {
      latest: 2,
      seen: [],
      sources: { ids: {}, kinds: {} },
    });
  });

  it("does not treat an unreadable journal as a first start", async () => {
    await mkdir(path.join(folder, "a", "b", "node.jsonl"), { recursive: true });
    await assert.rejects(journal().load(), /EISDIR/);
  });

  it("writes nothing after close", async () => {
    const subject = journal();
    subject.add({ state: { latest: 1 } });
    await subject.close();
    subject.add({ state: { latest: 2 } });
    await subject.flush();
    assert.equal((await journal().load())?.stream.latest, 1);
  });

  it("does not fail on a read-only folder", async function () {
    // Root can write everywhere.
    if (process.getuid?.() === 0) this.skip();
    await mkdir(path.join(folder, "a"));
    await chmod(path.join(folder, "a"), 0o500);
    const subject = journal();
    subject.add({ state: { latest: 1 } });
    await subject.close();
    assert.equal(problems.length, 1);
  });

  it("deletes its folder when it is removed, unless the folder has another journal", async () => {
    const [mine, other] = [journal(), journal({ file: path.join(folder, "a", "b", "other") })];
    for (const each of [mine, other]) {
      each.add({ state: { latest: 1 } });
      await each.flush();
    }
    await mine.remove();
    assert.deepEqual(await readdir(path.join(folder, "a", "b")), ["other.jsonl"]);
    await other.remove();
    assert.deepEqual(await readdir(folder), []);
  });
});
