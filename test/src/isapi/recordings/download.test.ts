import assert from "node:assert/strict";
import { readFile, readdir, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Progress } from "../../../../src/isapi/recordings/download";
import type { Recordings } from "../../../../src/isapi/recordings/recordings";
import { targetFile } from "../../../../src/isapi/recordings/download";
import { responseStatus } from "../../../servers/isapi/documents";
import type { StoredRecording } from "../../../servers/isapi/recordings";
import { RecorderScene, tenMinutes } from "../../../support/recorder-scene";

describe("Recordings", () => {
  let scene: RecorderScene;
  const open = async (...options: Parameters<typeof RecorderScene.open>): Promise<Recordings> => {
    scene = await RecorderScene.open(...options);
    return scene.recordings;
  };
  afterEach(async () => {
    await scene.close();
  });

  describe("download", () => {
    const original = { format: "original" } as const;
    const imkh = Buffer.concat([Buffer.from("IMKH"), Buffer.alloc(60), Buffer.alloc(300_000, 7)]);
    const withImkh = (): StoredRecording[] => tenMinutes(1, imkh);

    it("keeps all bytes, including the header before the stream, and reports progress", async () => {
      const recordings = await open({ stored: withImkh() });
      const seen: Progress[] = [];
      const onProgress = (progress: Progress): void => void seen.push(progress);
      const saved = await recordings.save(await scene.first(), {
        folder: scene.folder,
        ...original,
        onProgress,
      });
      assert.deepEqual(await readFile(saved.file), imkh);
      assert.equal(path.basename(saved.file), "101_20260302T080000Z_ch01_00000000000.mpg");
      assert.deepEqual(seen.at(-1), { received: imkh.length, total: imkh.length });
      assert.deepEqual(await readdir(scene.folder), [path.basename(saved.file)]);
    });

    it("uses POST if GET is refused, and then only POST", async () => {
      const recordings = await open({ methods: ["POST"] });
      const recording = await scene.first();
      await recordings.save(recording, { folder: scene.folder, ...original });
      await recordings.save(recording, { folder: scene.folder, ...original });
      assert.deepEqual(scene.downloads, ["GET 405", "POST 200", "POST 200"]);
    });

    it("uses POST if the response to GET is empty", async () => {
      const recordings = await open();
      const own = scene.device.handlers.get("/ISAPI/ContentMgmt/download");
      scene.recorder.methods = ["POST"];
      scene.device.handlers.set("/ISAPI/ContentMgmt/download", (request) =>
        request.method === "GET" ? { status: 200 } : own?.(request),
      );
      await recordings.save(await scene.first(), { folder: scene.folder, ...original });
      assert.deepEqual(scene.downloads, ["GET 200", "POST 200"]);
    });

    it("continues where the connection broke", async () => {
      const recordings = await open({ stored: withImkh(), breaks: 2, breakAfter: 100_000 });
      const { file } = await recordings.save(await scene.first(), { folder: scene.folder, ...original });
      assert.deepEqual(await readFile(file), imkh);
      assert.deepEqual(
        scene.downloads.map((line) => line.split(" ")[1]),
        ["200", "206", "206"],
      );
    });

    it("restarts if the device does not support ranges", async () => {
      const recordings = await open({ stored: withImkh(), breaks: 1, breakAfter: 100_000, ranges: false });
      const { file } = await recordings.save(await scene.first(), { folder: scene.folder, ...original });
      assert.deepEqual(await readFile(file), imkh);
    });

    it("leaves a part file if the connection stays broken, and the next download finishes it", async () => {
      const recordings = await open({ stored: withImkh(), breaks: 99, breakAfter: 0 });
      const recording = await scene.first();
      scene.recorder.breakAfter = 100_000;
      const own = scene.device.handlers.get("/ISAPI/ContentMgmt/download");
      // Only the first attempt receives bytes.
      scene.device.handlers.set("/ISAPI/ContentMgmt/download", (request) => {
        const response = own?.(request);
        scene.recorder.breakAfter = 0;
        return response;
      });
      await assert.rejects(recordings.save(recording, { folder: scene.folder, ...original }), {
        code: "CONNECTION_LOST",
      });
      const left = await readdir(scene.folder);
      assert.deepEqual(
        left.map((name) => path.extname(name)),
        [".part"],
      );
      scene.recorder.breaks = 0;
      const { file } = await recordings.save(recording, { folder: scene.folder, ...original });
      assert.deepEqual(await readFile(file), imkh);
      assert.match(scene.downloads.at(-1) ?? "", /206 bytes=\d+-/);
      assert.deepEqual(await readdir(scene.folder), [path.basename(file)]);
    });

    it("restarts if the part file is larger than the recording", async () => {
      const recordings = await open({ stored: withImkh() });
      const recording = await scene.first();
      await writeFile(targetFile(scene.folder, recording).partial, Buffer.alloc(imkh.length + 5));
      const { file } = await recordings.save(recording, { folder: scene.folder, ...original });
      assert.deepEqual(await readFile(file), imkh);
    });

    it("checks the size from the search if only the end of the connection ends the response", async () => {
      const recordings = await open({
        stored: withImkh(),
        undelimited: true,
        ranges: false,
        breaks: 99,
        breakAfter: 100_000,
      });
      await assert.rejects(recordings.save(await scene.first(), { folder: scene.folder, ...original }), {
        code: "CONNECTION_LOST",
        message: /after 100000 of 300064 bytes/,
      });
    });

    it("detects an error with HTTP 200", async () => {
      const recordings = await open();
      scene.device.handlers.set("/ISAPI/ContentMgmt/download", ({ url }) => ({
        status: 200,
        body: responseStatus(url, 2, "Device Busy", "deviceBusy"),
      }));
      await assert.rejects(recordings.save(await scene.first(), { folder: scene.folder, ...original }), {
        code: "ISAPI_BUSY",
      });
      assert.deepEqual(await readdir(scene.folder), []);
      assert.equal(scene.downloads.length, 1);
    });

    it("reports the device's refusal", async () => {
      const recordings = await open();
      const recording = await scene.first();
      scene.recorder.stored = [];
      await assert.rejects(recordings.save(recording, { folder: scene.folder, ...original }), {
        code: "ISAPI_STATUS",
        subStatusCode: "badParameters",
      });
    });

    it("leaves no file on a full disk", async function () {
      if (process.platform !== "linux") this.skip();
      const recordings = await open({ stored: withImkh() });
      const recording = await scene.first();
      await symlink("/dev/full", targetFile(scene.folder, recording).partial);
      await assert.rejects(recordings.save(recording, { folder: scene.folder, ...original }), {
        code: "FILE_WRITE",
        message: /Free some space/,
      });
      assert.deepEqual(await readdir(scene.folder), []);
    });

    it("leaves a part file if the device stops sending", async () => {
      const recordings = await open({ stored: withImkh() }, { timeout: 0.2 });
      const recording = await scene.first();
      scene.device.handlers.set("/ISAPI/ContentMgmt/download", () => ({
        status: 200,
        respond: (response) => {
          response.writeHead(200, { "Content-Length": imkh.length }).write(imkh.subarray(0, 1000));
        },
      }));
      await assert.rejects(recordings.save(recording, { folder: scene.folder, ...original }), {
        code: "TIMEOUT",
      });
      assert.ok((await readdir(scene.folder)).every((name) => name.endsWith(".part")));
    });

    it("refuses a second download into the same file", async () => {
      const recordings = await open({ stored: withImkh() });
      const recording = await scene.first();
      const other = await RecorderScene.open({ stored: withImkh() });
      const onto = { folder: scene.folder, ...original };
      const results = await Promise.allSettled([
        recordings.save(recording, onto),
        other.recordings.save(recording, onto),
      ]);
      await other.close();
      const refused = results.filter((result) => result.status === "rejected");
      assert.equal((refused[0]?.reason as { code: string } | undefined)?.code, "FILE_WRITE");
      assert.equal(refused.length, 1);
    });

    it("never writes outside the folder", async () => {
      const recordings = await open();
      const recording = await scene.first();
      for (const filename of ["../out.mpg", "/tmp/out.mpg", "a/../../out.mpg", "", ".", "a\0b"]) {
        await assert.rejects(recordings.save(recording, { folder: scene.folder, filename, ...original }), {
          code: "CONFIG_INVALID",
        });
      }
      const { file } = await recordings.save(
        { ...recording, name: "../../etc/passwd" },
        { folder: scene.folder, ...original },
      );
      assert.equal(path.dirname(file), scene.folder);
      const named = await recordings.save(recording, {
        folder: scene.folder,
        filename: "gate/alarm.mpg",
        ...original,
      });
      assert.equal(named.file, path.join(scene.folder, "gate", "alarm.mpg"));
    });

    it("stops when it is cancelled, and continues later", async () => {
      const recordings = await open({ stored: withImkh() });
      const recording = await scene.first();
      const cancel = new AbortController();
      const onProgress = (): void => {
        cancel.abort();
      };
      await assert.rejects(
        recordings.save(recording, { folder: scene.folder, ...original, onProgress, signal: cancel.signal }),
        { code: "CLOSED" },
      );
      assert.ok((await readdir(scene.folder)).every((name) => name.endsWith(".part")));
    });

    it("returns bytes, up to a limit", async () => {
      const recordings = await open({ stored: withImkh() });
      const recording = await scene.first();
      assert.deepEqual(await recordings.read(recording, original), imkh);
      await assert.rejects(recordings.read({ ...recording, size: 2 ** 30 }, original), { code: "TOO_LARGE" });
    });
  });
});
