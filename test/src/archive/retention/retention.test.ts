import assert from "node:assert/strict";
import {
  copyFile,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { FolderLock } from "../../../../src/files/folder-lock";
import { EventArchive, type ArchiveOptions } from "../../../../src/archive";
import { ManualClock } from "../../../support/manual-clock";
import { archivedEvent, image, parseCsv } from "../archived-event";

/** Seconds */
const HOUR = 60 * 60;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

describe("EventArchive's retention", () => {
  let folder: string;
  let clock: ManualClock;
  let archive: EventArchive;

  const open = (options: Partial<ArchiveOptions>): EventArchive =>
    (archive = new EventArchive({ folder, clock, ...options }));
  const append = async (id: string, bytes = 10, description = 'two\r\n"lines"'): Promise<string[]> => {
    const receivedTime = new Date(clock.now()).toISOString();
    return (await archive.append(archivedEvent({ id, receivedTime, images: [image(bytes)], description })))
      .images;
  };
  const days = (): Promise<string[]> => readdir(path.join(folder, "images"));
  const rows = async (): Promise<Record<string, string>[]> =>
    parseCsv(await readFile(path.join(folder, "events.csv"), "utf8"));
  const ids = async (): Promise<(string | undefined)[]> => (await rows()).map(({ id }) => id);

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "archive-"));
    clock = new ManualClock(new Date(2026, 4, 1, 12).toISOString());
  });
  afterEach(async () => {
    await archive.close();
    await rm(folder, { recursive: true, force: true });
  });

  it("deletes rows and images that are too old", async () => {
    open({ retainDays: 2 });
    for (const id of ["1", "2", "3", "4"]) {
      if (id !== "1") clock.advance(DAY);
      await append(id);
    }
    // Tidying continues after the result of the last event; closing waits for it.
    await archive.close();
    assert.deepEqual(await days(), ["2026-05-02", "2026-05-03", "2026-05-04"]);
    assert.deepEqual(await ids(), ["2", "3", "4"]);
  });

  it("deletes the oldest files if the archive exceeds its limit", async () => {
    open({ maxBytes: 50_000 });
    for (const id of ["1", "2", "3", "4", "5"]) {
      if (id !== "1") clock.advance(DAY);
      await append(id, 15_000);
    }
    await archive.close();
    assert.deepEqual(await days(), ["2026-05-03", "2026-05-04", "2026-05-05"]);
    assert.equal((await ids()).length, 5);
  });

  it("deletes the oldest rows if the table alone exceeds the limit", async () => {
    open({ images: false, maxBytes: 2000 });
    for (let id = 1; id <= 40; id++) await append(String(id));
    await archive.close();
    const kept = await ids();
    assert.equal(kept.at(-1), "40");
    assert.ok((await stat(path.join(folder, "events.csv"))).size <= 2000);
    assert.ok(kept.length > 10, `${kept.length} rows`);
  });

  it("starts within an hour in a folder that another process held at first", async () => {
    open({ retainDays: 1 });
    await append("1");
    await archive.close();
    const lock = { beatMs: 20, watchMs: 100 };
    const other = new FolderLock(path.join(folder, ".event-archive.lock"), lock);
    await other.acquire();
    open({ retainDays: 1, lock });
    await assert.rejects(archive.start(), { code: "ARCHIVE_IN_USE" });
    await other.release();
    clock.advance(3 * DAY);
    for (const end = Date.now() + 5000; (await days()).length > 0 && Date.now() < end;)
      await new Promise(setImmediate);
    assert.deepEqual(await days(), []);
  });

  it("deletes old files at the start and every hour, also without events", async () => {
    open({ retainDays: 1 });
    await archive.start();
    await append("1");
    clock.advance(3 * DAY);
    // Closing waits for the tidying that the clock started.
    await archive.close();
    assert.deepEqual(await days(), []);
    assert.deepEqual(await ids(), []);
  });

  for (const [what, text] of Object.entries({
    "a bare line feed": "two\nlines",
    "a bare carriage return": "two\rlines",
    "line feeds and quotes": '\n"\n""\n',
    "letters of many bytes": "Tür №5\n门禁",
  })) {
    it(`cuts no row though a field contains ${what}`, async () => {
      open({ retainDays: 2 });
      await append("1", 10, text);
      clock.advance(1.5 * DAY);
      await append("2", 10, text);
      clock.advance(DAY);
      await append("3", 10, text);
      await archive.close();
      assert.deepEqual(
        (await rows()).map(({ time, id, description }) => [time, id, description]),
        [
          ["2026-05-04T08:20:30.123Z", "2", text],
          ["2026-05-04T08:20:30.123Z", "3", text],
        ],
      );
    });
  }

  it("deletes only old rows of a table that another program has damaged", async () => {
    open({ retainDays: 2 });
    await append("1");
    clock.advance(1.5 * DAY);
    await append("2");
    await archive.close();
    const file = path.join(folder, "events.csv");
    const [head = "", first = "", ...rest] = (await readFile(file, "utf8")).split(/(?<=\r\n)/);
    // The start of the previous row is missing, and with it the first quote.
    await writeFile(file, [head, first.slice(60), ...rest].join(""));
    open({ retainDays: 2 });
    clock.advance(DAY);
    await append("3");
    await archive.close();
    assert.match(
      await readFile(file, "utf8"),
      /,2,"two\r\n""lines""".*\r\n2026.*,3,"two\r\n""lines""".*\r\n$/,
    );
  });

  it("deletes old rows below a row with a time in the future", async () => {
    open({ retainDays: 2 });
    clock.advance(YEAR);
    await append("future");
    await archive.close();
    clock = new ManualClock(new Date(2026, 4, 1, 12).toISOString());
    open({ retainDays: 2 });
    await append("1");
    clock.advance(3 * DAY);
    await append("2");
    await archive.close();
    assert.deepEqual(await ids(), ["future", "2"]);
  });

  it("marks deleted images in the rows", async () => {
    open({ maxBytes: 40_000 });
    await archive.append(
      archivedEvent({ id: "1", images: [image(15_000), { ...image(15_000), kind: "plate" }] }),
    );
    clock.advance(60);
    const kept = await append("2", 15_000);
    await archive.close();
    const [first, second] = await rows();
    assert.match(first?.images ?? "", /^\(deleted\)(; images\/2026-05-01\/[\w-]+-plate\.jpg)?$/);
    assert.equal(path.join(folder, second?.images ?? ""), kept[0]);
    assert.equal(second?.description, 'two\r\n"lines"');
  });

  it("marks them after the next start if the process was killed before", async () => {
    open({ maxBytes: 40_000 });
    const [own = ""] = await append("1", 15_000);
    await archive.close();
    // The state that the process leaves: the image is deleted, but the row is not changed.
    const memory = path.join(folder, ".event-archive.json");
    const { marks } = JSON.parse(await readFile(memory, "utf8")) as { marks: string[] };
    await writeFile(memory, JSON.stringify({ marks, deletedUpTo: `2026-05-01/${path.basename(own)}` }));
    await rm(own);
    open({ maxBytes: 40_000 });
    await append("2");
    await archive.close();
    assert.equal((await rows())[0]?.images, "(deleted)");
  });

  it("neither deletes nor counts files of other programs, wherever they are", async () => {
    open({ retainDays: 1, maxBytes: 20_000 });
    const [own = ""] = await append("1", 10_000);
    const day = path.dirname(own);
    const others = [
      path.join(day, "beach.jpg"),
      path.join(day, `copy of ${path.basename(own)}`),
      path.join(day, "101530123-Yard-1-licensePlate-abcdef-0001-1-overview.jpg"),
      path.join(folder, "images", "2020-01-01", "new year.jpg"),
      path.join(folder, "images", "holiday", "beach.jpg"),
      path.join(folder, "notes.txt"),
    ];
    for (const file of others) {
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, Buffer.alloc(100_000));
    }
    clock.advance(1800);
    const [second = ""] = await append("2", 5000);
    clock.advance(1800);
    await archive.close();
    assert.equal((await readFile(own)).length, 10_000);
    assert.equal((await readFile(second)).length, 5000);
    open({ retainDays: 1, maxBytes: 20_000 });
    await archive.start();
    clock.advance(3 * DAY);
    await archive.close();
    assert.deepEqual(
      (await readdir(day)).sort(),
      others
        .slice(0, 3)
        .map((file) => path.basename(file))
        .sort(),
    );
    for (const file of others) assert.equal((await readFile(file)).length, 100_000);
  });

  it("recognizes the files of an earlier version, which had no record", async () => {
    open({ retainDays: 1 });
    await append("1");
    await archive.close();
    await rm(path.join(folder, ".event-archive.json"));
    open({ retainDays: 1 });
    await archive.start();
    clock.advance(3 * DAY);
    await archive.close();
    assert.deepEqual(await days(), []);
  });

  it("deletes nothing in the target folder of a link", async () => {
    open({ retainDays: 1 });
    const [own = ""] = await append("1");
    const outside = await mkdtemp(path.join(os.tmpdir(), "outside-"));
    await rename(path.dirname(own), path.join(outside, "day"));
    await symlink(path.join(outside, "day"), path.dirname(own));
    clock.advance(3 * DAY);
    await archive.close();
    assert.equal((await readdir(path.join(outside, "day"))).length, 1);
    await rm(outside, { recursive: true });
  });

  it("keeps all rows that are appended during a rewrite", async () => {
    open({ retainDays: 1 });
    await Promise.all(Array.from({ length: 500 }, (_, id) => append(`old ${id}`)));
    clock.advance(2 * DAY);
    const late = Array.from({ length: 20 }, (_, id) => `new ${id}`);
    for (const id of late) await append(id);
    await archive.close();
    assert.deepEqual(await ids(), late);
  });

  it("does not delay an event", async () => {
    open({ retainDays: 1 });
    const [own = ""] = await append("1");
    const old = path.dirname(own);
    for (let count = 2; count <= 3000; count += 1)
      await copyFile(own, own.replace("-0001-", `-${String(count).padStart(4, "0")}-`));
    clock.advance(2 * DAY);
    await append("2");
    await append("3");
    assert.ok((await readdir(old)).length > 0, "the event waited until all images were deleted");
    await archive.close();
    assert.deepEqual(await days(), ["2026-05-03"]);
  }).timeout(20_000);
});
