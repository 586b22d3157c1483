import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { RecordFolder } from "../../../../src/rtsp/recording/record-folder";
import { RecordingFile } from "../../../../src/rtsp/recording/recording-file";

const at = (day: number, hour: number): number => new Date(2026, 2, day, hour, 4, 5, 6).getTime();

describe("RecordFolder", () => {
  let root: string;
  let folder: RecordFolder;
  beforeEach(async () => {
    root = await mkdtemp(path.join(os.tmpdir(), "record-folder-"));
    folder = new RecordFolder(root, "gate");
  });
  afterEach(() => rm(root, { recursive: true }));

  async function write(file: string, bytes = 100): Promise<string> {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, Buffer.alloc(bytes));
    return path.relative(root, file);
  }
  const files = async (): Promise<string[]> =>
    (await readdir(root, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
      .sort();

  it("names recordings by camera, day and time", () => {
    assert.equal(folder.file("clips", at(2, 8)), path.join(root, "gate/clips/2026-03-02/080405006.mp4"));
    const chosen = folder.clip({ folder: path.join(root, "x") }, at(2, 9), 1);
    assert.equal(chosen, path.join(root, "x", "gate-2026-03-02-090405006.mp4"));
  });

  it("stays inside the folder for any camera name", () => {
    const other = new RecordFolder(root, "../../etc/rtsp://10.0.0.1:554/é");
    assert.match(
      path.relative(root, other.file("clips", 0)),
      /^_etc_rtsp_10_0_0_1_554_é-[0-9a-f]{8}\/clips\//,
    );
  });

  it("uses a separate folder for every camera name", () => {
    const folders = [
      ...["前门", "后门", "Tür 1", "Tür.1", "gate", "gate ", "..", ""].map(
        (name) => new RecordFolder(root, name),
      ),
      ...["channel=1", "channel=2"].map(
        (query) => new RecordFolder(root, "cam/monitor", `cam/monitor?${query}`),
      ),
    ].map((each) => path.relative(root, each.file("clips", 0)).split(path.sep)[0] ?? "");
    assert.deepEqual(folders.slice(0, 2), ["前门", "后门"]);
    assert.equal(new Set(folders).size, folders.length);
    assert.ok(folders.every((name) => /^[^.]/.test(name)));
  });

  it("uses different names for recordings that begin with the same frame", () => {
    const names = [1, 1, 1].map(() => path.basename(folder.file("clips", at(2, 8))));
    assert.deepEqual(names, ["080405006.mp4", "080405007.mp4", "080405008.mp4"]);
    const chosen = [0, -1, 1].map((jitter) => folder.clip({ folder: root }, at(3, 8) + jitter, 1));
    assert.equal(new Set(chosen).size, 3);
    // A clock that is set back does not change the name.
    assert.equal(path.basename(folder.file("clips", at(2, 7))), "070405006.mp4");
  });

  it("numbers the further files of a clip with a chosen name", () => {
    const names = [1, 2, 3].map((number) => folder.clip({ filename: "a/b.mp4" }, 0, number));
    assert.deepEqual(
      names.map((name) => path.relative(root, name)),
      ["a/b.mp4", "a/b-2.mp4", "a/b-3.mp4"],
    );
    for (const filename of ["../b", "/etc/b", "a\\b"]) {
      assert.throws(() => folder.clip({ filename }, 0, 1), { code: "CONFIG_INVALID" });
      assert.throws(
        () => {
          folder.check({ filename });
        },
        { code: "CONFIG_INVALID" },
      );
    }
  });

  it("deletes the oldest recordings of a kind until the rest fits, and empty days", async () => {
    await write(folder.file("segments", at(1, 8)));
    await write(folder.file("segments", at(1, 9)));
    await write(folder.file("segments", at(2, 7)));
    const kept = [
      await write(folder.file("segments", at(2, 8))),
      await write(folder.file("segments", at(10, 1))),
      await write(folder.file("clips", at(1, 1))),
    ];
    await folder.keepNewest("segments", 250, []);
    assert.deepEqual(await files(), kept.sort());
    assert.deepEqual((await readdir(path.join(root, "gate/segments"))).sort(), ["2026-03-02", "2026-03-10"]);
  });

  it("counts and deletes unfinished files, except the ones to keep", async () => {
    const growing = { file: folder.file("segments", at(1, 8)), bytes: 1000 };
    const newest = { file: folder.file("segments", at(1, 7)), bytes: 100 };
    const kept = [
      await write(newest.file, newest.bytes),
      await write(growing.file.replace(".mp4", ".unfinished.ts"), growing.bytes),
    ];
    await write(folder.file("segments", at(1, 9)).replace(".mp4", ".unfinished.ts"));
    await write(folder.file("segments", at(1, 10)).replace(".mp4", ".unfinished.mp4"));
    await folder.keepNewest("segments", 0, [newest, growing]);
    assert.deepEqual(await files(), kept);
  });

  it("counts growing files", async () => {
    const growing = { file: folder.file("segments", at(1, 9)), bytes: 200 };
    await write(folder.file("segments", at(1, 7)));
    const kept = await write(folder.file("segments", at(1, 8)));
    await folder.keepNewest("segments", 300, [growing]);
    assert.deepEqual(await files(), [kept]);
  });

  it("does not count clips in a chosen folder", async () => {
    const kept = [await write(folder.file("clips", at(1, 7))), await write(folder.file("clips", at(1, 8)))];
    for (const file of [path.join(root, "0.mp4"), path.join(root, "gate/clips-of-alarm/080405006.mp4")])
      await folder.keepNewest("clips", 200, [{ file, bytes: 1000 }]);
    assert.deepEqual(await files(), kept);
  });

  it("does not touch recordings in progress, even of another recorder", async () => {
    const file = folder.file("segments", at(1, 8));
    const other = new RecordingFile(file, at(1, 8), undefined);
    other.write({ data: Buffer.alloc(100), time: 0 });
    const unfinished = file.replace(".mp4", ".unfinished.ts");
    while (!existsSync(unfinished)) await new Promise(setImmediate);
    const converting = await write(file.replace(".mp4", ".unfinished.mp4"));
    await folder.keepNewest("segments", 0, []);
    assert.deepEqual(await files(), [converting, path.relative(root, unfinished)]);
    await assert.rejects(other.finish(AbortSignal.abort()));
    await folder.keepNewest("segments", 0, []);
    assert.deepEqual(await files(), []);
  });

  it("does not touch files with other names", async () => {
    const day = path.dirname(folder.file("segments", at(1, 8)));
    const foreign = [
      await write(path.join(day, "holiday.mp4")),
      await write(path.join(day, "080405006.mp4.bak")),
      await write(path.join(root, "gate", "segments", "080405006.mp4")),
      await write(new RecordFolder(root, "yard").file("segments", at(1, 8))),
    ];
    await write(folder.file("segments", at(1, 8)));
    await folder.keepNewest("segments", 0, []);
    assert.deepEqual(await files(), foreign.sort());
  });

  it("deletes nothing if the folder does not exist", async () => {
    await folder.keepNewest("clips", 0, []);
  });
});
