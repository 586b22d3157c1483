import assert from "node:assert/strict";
import { mkdtemp, readFile, readdir, rm, utimes } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { EventArchive, type ArchiveOptions } from "../../../../src/archive";
import { JumpingClock } from "../../../support/jumping-clock";
import { ManualClock } from "../../../support/manual-clock";
import { archivedEvent, image, parseCsv } from "../archived-event";

/** Seconds */
const HOUR = 60 * 60;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

describe("EventArchive's retention when the clock jumps", () => {
  let folder: string;
  let clock: ManualClock;
  let wall: JumpingClock;
  let archive: EventArchive;

  const open = (options: Partial<ArchiveOptions>): EventArchive =>
    (archive = new EventArchive({ folder, clock, ...options }));
  const append = async (id: string): Promise<string[]> => {
    const receivedTime = new Date(clock.now()).toISOString();
    return (await archive.append(archivedEvent({ id, receivedTime, images: [image(10)] }))).images;
  };
  const days = (): Promise<string[]> => readdir(path.join(folder, "images"));
  const ids = async (): Promise<(string | undefined)[]> =>
    parseCsv(await readFile(path.join(folder, "events.csv"), "utf8")).map(({ id }) => id);

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "archive-"));
    clock = new ManualClock(new Date(2026, 4, 1, 12).toISOString());
    wall = new JumpingClock(clock);
  });
  afterEach(async () => {
    await archive.close();
    await rm(folder, { recursive: true, force: true });
  });
  const hours = async (count: number): Promise<void> => {
    for (let hour = 0; hour < count; hour += 1) {
      clock.advance(HOUR);
      await archive.append(archivedEvent({ id: "hourly" }));
    }
  };

  it("deletes nothing while the clock is a year ahead for a moment", async () => {
    open({ clock: wall, steady: clock, retainDays: 2 });
    await append("1");
    await hours(1);
    wall.ahead = YEAR;
    await append("2");
    await hours(1);
    wall.ahead = 0;
    await hours(1);
    await archive.close();
    assert.ok((await days()).includes("2026-05-01"));
    assert.ok((await ids()).includes("1"));
  });

  it("deletes old files again when the clock is correct again", async () => {
    open({ clock: wall, steady: clock, retainDays: 2 });
    await append("1");
    wall.ahead = YEAR;
    await append("2");
    await append("2");
    wall.ahead = 0;
    await append("3");
    clock.advance(3 * DAY);
    await append("4");
    await archive.close();
    assert.ok(!(await days()).includes("2026-05-01"));
    assert.deepEqual(await ids(), ["4"]);
  });

  it("continues after the clock was set back", async () => {
    open({ clock: wall, steady: clock, retainDays: 2 });
    wall.ahead = 30 * DAY;
    await append("1");
    await append("1");
    wall.ahead = 0;
    await append("2");
    await hours(2);
    clock.advance(3 * DAY);
    await append("3");
    await archive.close();
    assert.ok(!(await days()).includes("2026-05-01"));
  });

  it("trusts the clock when it runs on after the jump", async () => {
    open({ clock: wall, steady: clock, retainDays: 2 });
    await append("1");
    wall.ahead = YEAR;
    await hours(3);
    // Tidying runs in the background, and this clock may be hours ahead of it.
    for (let hour = 0; hour < 100 && (await days()).includes("2026-05-01"); hour += 1) await hours(1);
    assert.ok(!(await days()).includes("2026-05-01"));
  });

  it("deletes nothing after a start long after the last write, until the clock has run for an hour", async () => {
    open({ retainDays: 2 });
    const [own = ""] = await append("1");
    await archive.close();
    const then = new Date(clock.now());
    for (const file of [path.dirname(own), path.join(folder, "events.csv")]) await utimes(file, then, then);
    clock.advance(YEAR);
    open({ retainDays: 2 });
    await archive.start();
    await append("2");
    await archive.close();
    assert.ok((await days()).includes("2026-05-01"));
    open({ retainDays: 2 });
    await archive.start();
    clock.advance(2 * HOUR);
    await archive.close();
    assert.ok(!(await days()).includes("2026-05-01"));
  });
});
