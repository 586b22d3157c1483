import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { EventArchive, type ArchiveOptions } from "../../../src/archive";
import { diskStorage, type Storage } from "../../../src/archive/storage";
import type { CommonEvent, EventImage } from "../../../src/events";
import { ManualClock } from "../../support/manual-clock";
import { archivedEvent, image, parseCsv } from "./archived-event";

describe("EventArchive", () => {
  let folder: string;
  let archives: EventArchive[];

  const open = (options: Partial<ArchiveOptions> = {}): EventArchive => {
    const archive = new EventArchive({ folder, ...options });
    archives.push(archive);
    return archive;
  };
  const table = async (): Promise<Record<string, string>[]> =>
    parseCsv(await readFile(path.join(folder, "events.csv"), "utf8"));

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "archive-"));
    archives = [];
  });
  afterEach(async () => {
    for (const archive of archives) await archive.close();
    await rm(folder, { recursive: true, force: true });
  });

  it("stores an event as a row below a header", async () => {
    await open().append(
      archivedEvent({ targets: [{ label: "car", plate: "0012345", attributes: { listType: "whiteList" } }] }),
    );
    const text = await readFile(path.join(folder, "events.csv"), "utf8");
    assert.match(text, /^\uFEFFtime,received,source,camera,/);
    assert.ok(text.endsWith("\r\n"));
    const [row] = await table();
    assert.equal(row?.plate, "0012345");
    assert.equal(row.group, "whiteList");
    assert.equal(row.camera, "Yard");
  });

  it("writes rows in the order of the events, whatever the size of their images", async () => {
    const archive = open();
    await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        archive.append(archivedEvent({ id: String(index), images: [image(index % 3 === 0 ? 200_000 : 10)] })),
      ),
    );
    assert.deepEqual(
      (await table()).map(({ id }) => id),
      Array.from({ length: 200 }, (_, index) => String(index)),
    );
  });

  it("stores images in one folder for each day, under unique names, and names them in the row", async () => {
    const archive = open({ clock: new ManualClock(new Date(2026, 4, 4, 10, 20, 30, 123).toISOString()) });
    const kept = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        archive.append(archivedEvent({ images: [image(100 + index), image(1)] })),
      ),
    );
    const files = kept.flatMap(({ images }) => images);
    assert.equal(new Set(files).size, 100);
    for (const [index, { images }] of kept.entries())
      assert.equal((await stat(images[0] ?? "")).size, 100 + index);
    assert.equal((await readdir(path.join(folder, "images", "2026-05-04"))).length, 100);
    const [row] = await table();
    assert.deepEqual(
      row?.images?.split("; ").map((file) => path.join(folder, file)),
      kept[0]?.images,
    );
  });

  it("stores the raw body only if selected", async () => {
    const raw = Buffer.from("<config/>");
    const without = open();
    assert.equal((await without.append(archivedEvent(), raw)).raw, undefined);
    await without.close();
    const { raw: file = "" } = await open({ raw: true }).append(archivedEvent(), raw);
    assert.equal(await readFile(file, "utf8"), "<config/>");
    assert.match(file, /\.xml$/);
  });

  it("writes no table and no images if these are switched off", async () => {
    const archive = open({ csv: false, images: false });
    const { images } = await archive.append(archivedEvent({ images: [image(10)] }));
    assert.deepEqual(images, []);
    await archive.close();
    assert.deepEqual(await readdir(folder), []);
  });

  it("writes nothing outside its folder, whatever the name of a camera", async () => {
    const evil = "../../../../tmp/evil\0/..\\x";
    const { images } = await open({ raw: true }).append(
      archivedEvent({
        device: { name: evil },
        channel: { id: evil },
        type: evil as CommonEvent["type"],
        images: [image(5)],
      }),
      Buffer.from("x"),
    );
    for (const file of images)
      assert.ok(path.resolve(file).startsWith(path.join(folder, "images") + path.sep));
    assert.equal((await table())[0]?.camera, evil);
  });

  for (const [what, part] of Object.entries({
    "goes up": { kind: "../../../up" },
    "names a device of Windows": { kind: "CON", mimeType: "aux" },
    "is a property of every object": { kind: "__proto__", mimeType: "constructor" },
    "holds a NUL": { kind: "a\0b", mimeType: "image/\0" },
    "is very long": { kind: "k".repeat(300), mimeType: "m".repeat(300) },
  })) {
    it(`gives an image a plain name if its kind or type ${what}`, async () => {
      const [file = ""] = (
        await open().append(archivedEvent({ images: [{ ...image(5), ...part } as EventImage] }))
      ).images;
      assert.equal(path.dirname(path.dirname(file)), path.join(folder, "images"));
      assert.match(path.basename(file), /^\d{9}[\w-]{1,200}\.(jpg|bin)$/);
      assert.equal((await stat(file)).size, 5);
    });
  }

  it("writes no image through a link in place of a day's folder", async () => {
    const outside = await mkdtemp(path.join(os.tmpdir(), "outside-"));
    const clock = new ManualClock(new Date(2026, 4, 4, 10).toISOString());
    await mkdir(path.join(folder, "images"));
    await symlink(outside, path.join(folder, "images", "2026-05-04"));
    await assert.rejects(open({ clock }).append(archivedEvent({ images: [image(5)] })), {
      code: "ARCHIVE_WRITE_FAILED",
      message: /2026-05-04 is a link/,
    });
    assert.deepEqual(await readdir(outside), []);
    await rm(outside, { recursive: true });
  });

  it("gives different file names to cameras whose names differ only in case", async () => {
    const clock = new ManualClock();
    const archive = open({ clock });
    const kept = await Promise.all(
      ["Yard", "YARD"].map((name) => archive.append(archivedEvent({ device: { name }, images: [image(5)] }))),
    );
    const names = kept.flatMap(({ images }) => images).map((file) => path.basename(file).toLowerCase());
    assert.equal(new Set(names).size, 2);
  });

  it("loses no event because of an invalid one at the same time", async () => {
    const archive = open();
    const outcomes = await Promise.allSettled([
      archive.append(archivedEvent({ id: "1", images: [image(5)] })),
      archive.append({ ...archivedEvent({ id: "2", images: [image(5)] }), targets: [null] }),
      archive.append(archivedEvent({ id: "3", images: [image(5)] })),
    ]);
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ["fulfilled", "rejected", "fulfilled"],
    );
    assert.deepEqual(
      (await table()).map(({ id }) => id),
      ["1", "3"],
    );
  });

  it("writes the current time in the row if the event has no time of receipt", async () => {
    const { receivedTime, ...event } = archivedEvent();
    await open({ clock: new ManualClock(receivedTime) }).append(event);
    assert.equal((await table())[0]?.received, receivedTime);
  });

  it("escapes formulas that a spreadsheet would run", async () => {
    await open().append(
      archivedEvent({ device: { name: '=HYPERLINK("http://evil")' }, description: "-2+3" }),
    );
    const [row] = await table();
    assert.equal(row?.camera, `'=HYPERLINK("http://evil")`);
    assert.equal(row.description, "'-2+3");
  });

  it("continues the table of an earlier run, without another header", async () => {
    const first = open();
    await first.append(archivedEvent({ id: "1" }));
    await first.close();
    await open().append(archivedEvent({ id: "2" }));
    assert.deepEqual(
      (await table()).map(({ id }) => id),
      ["1", "2"],
    );
  });

  it("deletes half-written images of a killed process, and no other files", async () => {
    const first = open();
    const { images } = await first.append(archivedEvent({ images: [image(5)] }));
    await first.close();
    const [imageFile = ""] = images;
    const day = path.dirname(imageFile);
    await writeFile(path.join(day, `.${path.basename(imageFile).replace("-1-", "-2-")}.part`), "half");
    await writeFile(path.join(day, "film.part"), "a download");
    const second = open();
    await second.append(archivedEvent());
    // Tidying follows the result of append; closing waits for it.
    await second.close();
    assert.deepEqual((await readdir(day)).sort(), [path.basename(imageFile), "film.part"]);
  });

  it("creates its folders again after they were deleted", async () => {
    const archive = open();
    await archive.append(archivedEvent({ images: [image(5)] }));
    await rm(folder, { recursive: true });
    await archive.append(archivedEvent({ images: [image(5)] }));
    assert.equal((await table()).length, 1);
  });

  it("creates its folder and its table at the start, once, even if events arrive meanwhile", async () => {
    const archive = open();
    await Promise.all([archive.start(), archive.append(archivedEvent())]);
    assert.equal((await table()).length, 1);
  });

  it("fails at the start when it cannot write to its folder", async () => {
    await writeFile(path.join(folder, "file"), "");
    await assert.rejects(open({ folder: path.join(folder, "file", "below") }).start(), {
      code: "ARCHIVE_WRITE_FAILED",
    });
  });

  it("refuses events after closing, and writes earlier events", async () => {
    const archive = open();
    const kept = archive.append(archivedEvent());
    await archive.close();
    await kept;
    await assert.rejects(archive.append(archivedEvent()), { code: "CLOSED" });
  });
});

describe("EventArchive on a full disk", () => {
  let folder: string;
  let full: "images" | "table" | "no";
  let archive: EventArchive;
  const noSpace = Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
  const storage: Storage = {
    write: (file, data) => (full === "images" ? Promise.reject(noSpace) : diskStorage.write(file, data)),
    append: (file, data) => (full === "table" ? Promise.reject(noSpace) : diskStorage.append(file, data)),
  };

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "archive-"));
    full = "no";
    archive = new EventArchive({ folder, storage });
    await archive.append(archivedEvent({ id: "before" }));
  });
  afterEach(async () => {
    await archive.close();
    await rm(folder, { recursive: true, force: true });
  });

  for (const what of ["images", "table"] as const) {
    it(`fails when the ${what} do not fit, stores no partial event, and continues when there is space`, async () => {
      full = what;
      await assert.rejects(archive.append(archivedEvent({ id: "lost", images: [image(10)] })), {
        code: "ARCHIVE_DISK_FULL",
      });
      full = "no";
      await archive.append(archivedEvent({ id: "after", images: [image(10)] }));
      const rows = parseCsv(await readFile(path.join(folder, "events.csv"), "utf8"));
      assert.deepEqual(
        rows.map(({ id }) => id),
        ["before", "after"],
      );
      const [day = ""] = await readdir(path.join(folder, "images"));
      assert.equal((await readdir(path.join(folder, "images", day))).length, 1);
    });
  }

  it("reports any other error of writing", async () => {
    await archive.close();
    await writeFile(path.join(folder, "file"), "");
    archive = new EventArchive({ folder: path.join(folder, "file", "below") });
    await assert.rejects(archive.append(archivedEvent()), { code: "ARCHIVE_WRITE_FAILED" });
  });
});
