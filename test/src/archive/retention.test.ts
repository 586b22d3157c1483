import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { EventArchive } from "../../../src/archive";
import { ManualClock } from "../../support/manual-clock";
import { archivedEvent, image, parseCsv } from "./archived-event";

/** Seconds */
const DAY = 24 * 60 * 60;

describe("EventArchive's retention", () => {
  let folder: string;
  let clock: ManualClock;
  let archive: EventArchive | undefined;

  const append = async (id: string, bytes = 10): Promise<void> => {
    await archive?.append(
      archivedEvent({
        id,
        receivedTime: new Date(clock.now()).toISOString(),
        images: [image(bytes)],
        description: 'two\r\n"lines"',
      }),
    );
  };
  const days = (): Promise<string[]> => readdir(path.join(folder, "images"));
  const ids = async (): Promise<(string | undefined)[]> =>
    parseCsv(await readFile(path.join(folder, "events.csv"), "utf8")).map(({ id }) => id);

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "archive-"));
    clock = new ManualClock(new Date(2026, 4, 1, 12).toISOString());
  });
  afterEach(async () => {
    await archive?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it("deletes rows and pictures that are too old", async () => {
    archive = new EventArchive({ folder, retainDays: 2, clock });
    for (const id of ["1", "2", "3", "4"]) {
      if (id !== "1") clock.advance(DAY);
      await append(id);
    }
    // Tidying up follows the answer to the last event; closing waits for it.
    await archive.close();
    assert.deepEqual(await days(), ["2026-05-02", "2026-05-03", "2026-05-04"]);
    assert.deepEqual(await ids(), ["2", "3", "4"]);
  });

  it("deletes the oldest when all of it is more than it may be", async () => {
    archive = new EventArchive({ folder, maxBytes: 50_000, clock });
    for (const id of ["1", "2", "3", "4", "5"]) {
      if (id !== "1") clock.advance(DAY);
      await append(id, 15_000);
    }
    await archive.close();
    assert.deepEqual(await days(), ["2026-05-03", "2026-05-04", "2026-05-05"]);
    assert.equal((await ids()).length, 5);
  });

  it("deletes the oldest rows when the table alone is more than it may be", async () => {
    archive = new EventArchive({ folder, images: false, maxBytes: 2000, clock });
    for (let id = 1; id <= 40; id++) {
      await append(String(id));
      // The table is measured once an hour.
      clock.advance(DAY / 12);
    }
    await archive.close();
    const kept = await ids();
    assert.equal(kept.at(-1), "40");
    assert.ok(kept.length < 15 && kept.length > 2, `${kept.length} rows`);
  });

  it("deletes what is too old when nothing new comes, every hour and at the start", async () => {
    archive = new EventArchive({ folder, retainDays: 1, clock });
    await archive.start();
    await append("1");
    clock.advance(3 * DAY);
    // Closing waits for the tidying up that the clock set off.
    await archive.close();
    assert.deepEqual(await days(), []);
    assert.deepEqual(await ids(), []);
  });

  it("touches nothing that is not its own", async () => {
    await mkdir(path.join(folder, "images", "holiday"), { recursive: true });
    await writeFile(path.join(folder, "images", "holiday", "beach.jpg"), Buffer.alloc(100_000));
    await writeFile(path.join(folder, "notes.txt"), "keep");
    archive = new EventArchive({ folder, retainDays: 1, maxBytes: 1000, clock });
    await append("1");
    await archive.close();
    assert.deepEqual(await readdir(path.join(folder, "images", "holiday")), ["beach.jpg"]);
    assert.equal(await readFile(path.join(folder, "notes.txt"), "utf8"), "keep");
  });
});
