import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { RecordFolder } from "../../../../src/rtsp/recording/record-folder";

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
    const chosen = folder.chosen({ folder: path.join(root, "x") }, at(2, 8), 1);
    assert.equal(chosen, path.join(root, "x", "gate-2026-03-02-080405006.mp4"));
  });

  it("lets no camera's name lead anywhere else", () => {
    const other = new RecordFolder(root, "../../etc/rtsp://10.0.0.1:554/é");
    assert.match(path.relative(root, other.file("clips", 0)), /^_etc_rtsp_10_0_0_1_554_e_?\/clips\//);
  });

  it("numbers the further files of a clip that was named", () => {
    const names = [1, 2, 3].map((number) => folder.chosen({ filename: "a/b.mp4" }, 0, number));
    assert.deepEqual(
      names.map((name) => path.relative(root, name)),
      ["a/b.mp4", "a/b-2.mp4", "a/b-3.mp4"],
    );
    for (const filename of ["../b", "/etc/b", "a\\b"])
      assert.throws(() => folder.chosen({ filename }, 0, 1), { code: "CONFIG_INVALID" });
  });

  it("deletes the oldest of a kind until the rest fits, and the days that are empty then", async () => {
    await write(folder.file("segments", at(1, 8)));
    await write(folder.file("segments", at(1, 9)));
    await write(folder.file("segments", at(2, 7)));
    const kept = [
      await write(folder.file("segments", at(2, 8))),
      await write(folder.file("segments", at(10, 1))),
      await write(folder.file("clips", at(1, 1))),
    ];
    await folder.keepNewest("segments", 250, undefined);
    assert.deepEqual(await files(), kept.sort());
    assert.deepEqual((await readdir(path.join(root, "gate/segments"))).sort(), ["2026-03-02", "2026-03-10"]);
  });

  it("counts and deletes unfinished files, too, but not the one that is growing", async () => {
    const growing = folder.file("segments", at(1, 8));
    const kept = await write(growing.replace(".mp4", ".unfinished.ts"), 1000);
    await write(folder.file("segments", at(1, 9)).replace(".mp4", ".unfinished.ts"));
    await write(folder.file("segments", at(1, 10)).replace(".mp4", ".mp4.part"));
    await folder.keepNewest("segments", 0, growing);
    assert.deepEqual(await files(), [kept]);
  });

  it("touches no file that it did not name", async () => {
    const day = path.dirname(folder.file("segments", at(1, 8)));
    const foreign = [
      await write(path.join(day, "holiday.mp4")),
      await write(path.join(day, "080405006.mp4.bak")),
      await write(path.join(root, "gate", "segments", "080405006.mp4")),
      await write(new RecordFolder(root, "yard").file("segments", at(1, 8))),
    ];
    await write(folder.file("segments", at(1, 8)));
    await folder.keepNewest("segments", 0, undefined);
    assert.deepEqual(await files(), foreign.sort());
  });

  it("has nothing to delete where there is no folder", async () => {
    await folder.keepNewest("clips", 0, undefined);
  });
});
