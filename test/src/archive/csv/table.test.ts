import assert from "node:assert/strict";
import { appendFile, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { EventArchive, type ArchiveOptions } from "../../../../src/archive";
import { diskStorage } from "../../../../src/archive/storage";
import { archivedEvent, parseCsv } from "../archived-event";

const header =
  "time,received,source,camera,host,channel,type,vendorType,state,id,description,labels,plate,group,images,raw";

describe("the table of an archive", () => {
  let folder: string;
  let file: string;
  let archive: EventArchive | undefined;

  /** Runs an archive from start to close with some events. */
  const run = async (ids: readonly string[], options: Partial<ArchiveOptions> = {}): Promise<void> => {
    archive = new EventArchive({ folder, ...options });
    await archive.start();
    for (const id of ids) await archive.append(archivedEvent({ id, description: 'two\r\n"lines"' }));
    await archive.close();
  };
  const text = (): Promise<string> => readFile(file, "utf8");
  const ids = async (separator = ","): Promise<(string | undefined)[]> =>
    parseCsv(await text(), separator).map(({ id }) => id);

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "archive-"));
    file = path.join(folder, "events.csv");
  });
  afterEach(async () => {
    await archive?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it("starts with a byte order mark, so that Excel reads UTF-8", async () => {
    await run([]);
    assert.deepEqual([...(await readFile(file)).subarray(0, 3)], [0xef, 0xbb, 0xbf]);
    assert.equal(await text(), `\uFEFF${header}\r\n`);
  });

  it("has semicolons if the option says so, and quotes a field that contains one", async () => {
    archive = new EventArchive({ folder, csvSeparator: ";" });
    await archive.append(
      archivedEvent({ description: "a;b", targets: [{ label: "car" }, { label: "dog" }] }),
    );
    const [row] = parseCsv(await text(), ";");
    assert.equal(row?.description, "a;b");
    assert.equal(row.labels, "car; dog");
  });

  it("keeps its separator, and has no byte order mark if it started without one", async () => {
    await writeFile(file, `${header}\r\n`);
    await run(["1"], { csvSeparator: ";" });
    assert.ok((await text()).startsWith(`${header}\r\n`));
    assert.deepEqual(await ids(","), ["1"]);
  });

  it("keeps its semicolons when the option changes to comma", async () => {
    await run(["1"], { csvSeparator: ";" });
    await run(["2"]);
    assert.deepEqual(await ids(";"), ["1", "2"]);
  });

  it("keeps semicolons that a spreadsheet writes while the archive runs", async () => {
    archive = new EventArchive({ folder });
    await archive.append(archivedEvent({ id: "1" }));
    await writeFile(file, `${header.replaceAll(",", ";")}\r\n`);
    await archive.append(archivedEvent({ id: "2" }));
    assert.deepEqual(await ids(";"), ["2"]);
  });

  it("does not change another program's file of that name, and reports it", async () => {
    await writeFile(file, "name,birthday\r\nAnna,4 May\r\n");
    archive = new EventArchive({ folder });
    await assert.rejects(archive.append(archivedEvent()), {
      code: "ARCHIVE_WRITE_FAILED",
      message: /was not created by the archive/,
    });
    assert.equal(await text(), "name,birthday\r\nAnna,4 May\r\n");
  });

  it("is created again after it was deleted while the archive runs", async () => {
    archive = new EventArchive({ folder });
    await archive.append(archivedEvent({ id: "1" }));
    await rm(file);
    await archive.append(archivedEvent({ id: "2" }));
    assert.ok((await text()).startsWith(`\uFEFF${header}`));
    assert.deepEqual(await ids(), ["2"]);
  });

  it("continues in a new line behind a row that a killed process cut at any byte", async () => {
    await run(["1", "2"]);
    const whole = await readFile(file);
    const rowEnd = (whole.length + Buffer.byteLength(`\uFEFF${header}\r\n`)) / 2;
    for (let size = whole.length - 1; size >= rowEnd; size -= 1) {
      await writeFile(file, whole.subarray(0, size));
      await run(["3"]);
      const kept = await ids();
      assert.ok(["1,3", "1,2,3"].includes(kept.join()), `cut at ${size}: ${kept.join()}`);
    }
  }).timeout(60_000);

  it("cuts off the zero bytes that a loss of power left", async () => {
    await run(["1"]);
    await appendFile(file, Buffer.alloc(5000));
    await run(["2"]);
    assert.deepEqual(await ids(), ["1", "2"]);
  });

  it("keeps a row that a user wrote at the end without a line end", async () => {
    await run(["1"]);
    const row = (await text()).split("\r\n").slice(1).join("\r\n").replace(",58", ",x").trimEnd();
    await appendFile(file, row);
    await run(["2"]);
    assert.deepEqual(await ids(), ["1", "1", "2"]);
  });

  it("keeps a line that a user wrote at the end, even if it is not a row", async () => {
    await run(["1"]);
    await appendFile(file, 'seen by "Anna\r\n');
    await run(["2"]);
    assert.match(await text(), /\r\nseen by "Anna\r\n2026/);
  });

  it("keeps all of a table with more columns whose last line has no end", async () => {
    await writeFile(file, `${header},note\r\n${"1,".repeat(16)}seen\r\n2026`);
    await run(["1"]);
    assert.match(await text(), /^time.*,note\r\n(1,){16}seen\r\n2026-05-04T/);
  });

  it("appends only complete lines after a failed write", async () => {
    let fails = false;
    archive = new EventArchive({
      folder,
      storage: {
        ...diskStorage,
        append: async (at, data) => {
          if (!fails) return diskStorage.append(at, data);
          // Like a drive that disconnects: the row is incomplete and cannot be removed.
          await appendFile(at, data.subarray(0, 30));
          throw Object.assign(new Error("input/output error"), { code: "EIO" });
        },
      },
    });
    await archive.append(archivedEvent({ id: "1" }));
    fails = true;
    await assert.rejects(archive.append(archivedEvent({ id: "2" })), { code: "ARCHIVE_WRITE_FAILED" });
    fails = false;
    await archive.append(archivedEvent({ id: "3" }));
    assert.deepEqual(await ids(), ["1", "3"]);
  });

  it("deletes the half-written new table of a killed process", async () => {
    await writeFile(path.join(folder, "events.csv.part"), "half");
    await run(["1"]);
    assert.ok(!(await readdir(folder)).includes("events.csv.part"));
  });
});
