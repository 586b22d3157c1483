import assert from "node:assert/strict";
import { readFile, readdir, symlink } from "node:fs/promises";
import type { NodeMessage } from "node-red";
import helper from "node-red-node-test-helper";
import isapiConfig from "../../nodes/isapi-config/runtime";
import isapiRecordings from "../../nodes/isapi-recordings/runtime";
import { isDownloadable, type Recording } from "../../src/isapi/recordings/recording";
import { targetFile } from "../../src/isapi/recordings/download";
import { assertNoSecrets, lastStatusOf, statusesOf, warningsOf } from "../support/node-output";
import { RecorderScene, recordedSpan, tenMinutes } from "../support/recorder-scene";
import { wireNode, type WiredNode } from "../support/wired-node";

interface Output extends NodeMessage {
  url?: string;
  recording?: Recording;
  other?: number;
  parts?: { index: number; count: number; type: string };
}

describe("the isapi-recordings node", () => {
  let scene: RecorderScene;
  beforeEach(async () => {
    // The node uses the real clock, so the device's time must be close to it.
    const shown = new Date(Date.now() + 3600_000).toISOString().slice(0, 19);
    scene = await RecorderScene.open({ localTime: () => `${shown}+01:00` });
  });
  afterEach(async () => {
    await helper.unload();
    await scene.close();
  });

  const wire = (config: object = {}, password = "s3cret:pass"): Promise<WiredNode<Output>> =>
    wireNode<Output>(
      isapiRecordings,
      { type: "isapi-recordings", device: "dev", ...recordedSpan, ...config },
      {
        initializers: [isapiConfig],
        nodes: [{ id: "dev", type: "isapi-config", url: scene.device.url }],
        credentials: { dev: { username: "flow", password } },
      },
    );

  it("sends one message with the list", async () => {
    const { node, handle, received } = await wire();
    assert.equal(await handle({ other: 5 }), undefined);
    assert.equal(received.length, 1);
    assert.equal(received[0]?.other, 5);
    assert.equal((received[0].payload as Recording[])[0]?.start, "2026-03-02T07:00:00.000Z");
    assert.equal(statusesOf(node).length, 2);
  });

  it("sends one message per recording, which a join node joins again", async () => {
    const { handle, received } = await wire({ output: "each", recordType: "motion" });
    await handle({});
    assert.deepEqual(
      received.map(({ payload, parts }) => [(payload as Recording).type, parts?.index, parts?.count]),
      [
        ["motion", 0, 3],
        ["motion", 1, 3],
        ["motion", 2, 3],
      ],
    );
  });

  it("reads track, time and type from the message", async () => {
    const { handle, received } = await wire();
    await handle({ track: 201 });
    await handle({ start: "2026-03-02T08:15:00", end: "2026-03-02T08:25:00", recordType: "timing" });
    assert.deepEqual(
      received.map(({ payload }) => (payload as Recording[]).length),
      [0, 1],
    );
  });

  it("makes a playback URL for rtsp-frames, without a password", async () => {
    const { handle, received } = await wire({ action: "playbackUrl", rtspPort: "8554" });
    await handle({});
    const url =
      "rtsp://127.0.0.1:8554/Streaming/tracks/101?starttime=20260302T080000Z&endtime=20260302T090000Z";
    assert.deepEqual([received[0]?.url, received[0]?.payload], [url, url]);
  });

  it("makes the playback URL of a found recording", async () => {
    const { handle, received } = await wire();
    await handle({});
    await handle({ action: "playbackUrl", payload: (received[0]?.payload as Recording[])[1] });
    assert.match(received[1]?.url ?? "", /starttime=20260302T081000Z&endtime=20260302T082000Z$/);
  });

  it("downloads a found recording", async () => {
    const { node, handle, received } = await wire({ folder: scene.folder });
    await handle({});
    const second = (received[0]?.payload as Recording[])[1];
    await handle({ action: "download", payload: second, filename: "second.mpg" });
    const saved = received[1]?.payload as { file: string; bytes: number };
    assert.equal(saved.bytes, 1000);
    assert.equal((await readFile(saved.file)).length, 1000);
    assert.equal(received[1]?.recording?.name, second?.name);
    assert.match(statusesOf(node).join(), /downloading/);
  });

  it("downloads all recordings of a time span, or the named one, and sends one message per recording", async () => {
    const { handle, received } = await wire({ action: "download", folder: scene.folder });
    await handle({ name: "ch01_00000000003" });
    assert.deepEqual(
      received.map(({ recording }) => recording?.name),
      ["ch01_00000000003"],
    );
    await handle({});
    assert.equal(received.length, 7);
    assert.equal((await readdir(scene.folder)).length, 6);
  });

  it("sends the bytes if no folder is set", async () => {
    scene.recorder.stored = tenMinutes(1);
    const { handle, received } = await wire({ action: "download" });
    await handle({});
    assert.deepEqual(received[0]?.payload, Buffer.alloc(1000, 1));
  });

  it("fails a download that a redeploy cancels, and leaves only the part file", async () => {
    const requested = new Promise<void>((resolve) => {
      scene.device.handlers.set("/ISAPI/ContentMgmt/download", () => ({
        status: 200,
        respond: (response) => {
          response.writeHead(200, { "Content-Length": 1000 });
          response.write(Buffer.alloc(500), () => {
            resolve();
          });
        },
      }));
    });
    const { node, handle, received } = await wire({ action: "download", folder: scene.folder });
    const ended = handle({ name: "ch01_00000000000" });
    await requested;
    await node.close(false);
    assert.equal((await ended)?.code, "CLOSED");
    assert.ok((await readdir(scene.folder)).every((name) => name.endsWith(".part")));
    assert.equal(received.length, 0);
  });

  it("downloads all downloadable recordings, and warns about the others", async () => {
    for (const item of scene.recorder.stored.slice(1)) item.withoutUri = true;
    const { node, handle, received } = await wire({ folder: scene.folder });
    assert.equal(await handle({}), undefined);
    const found = received[0]?.payload as Recording[];
    assert.ok(found.length > 1);
    assert.equal(await handle({ action: "download", payload: found }), undefined);
    assert.equal(received.length, 2);
    assert.match(warningsOf(node).join(), /cannot be downloaded/);
    const error = await handle({ action: "download", payload: found.slice(1) });
    assert.equal(error?.code, "ISAPI_NOT_FOUND");
    assert.match(error.message, /no playback URI/);
  });

  it("searches a device that refuses to report its time, and names the assumed time zone", async () => {
    scene.device.handlers.set("/ISAPI/System/time", () => ({ status: 403 }));
    const { node, handle, received } = await wire({});
    assert.equal(await handle({ start: "2026-03-02T08:00:00", end: "2026-03-02T08:05:00" }), undefined);
    assert.equal((received[0]?.payload as Recording[]).length, 1);
    assert.match(warningsOf(node).join(), /this machine's time zone/);
  });

  it("reports a full disk, and leaves no broken file", async function () {
    if (process.platform !== "linux") this.skip();
    const { node, handle, received } = await wire({ folder: scene.folder });
    await handle({ name: "ch01_00000000000" });
    const [recording] = received[0]?.payload as Recording[];
    assert.ok(recording !== undefined && isDownloadable(recording));
    await symlink("/dev/full", targetFile(scene.folder, recording).partial);
    const error = await handle({ action: "download", payload: recording });
    assert.equal(error?.code, "FILE_WRITE");
    assert.match(error.message, /Free some space/);
    assert.equal(lastStatusOf(node).text, "status.error.FILE_WRITE");
    assert.deepEqual(await readdir(scene.folder), []);
    assert.equal(await handle({ action: "download", payload: recording }), undefined);
  });

  it("leaves an interrupted download as a part file, and continues it with the next message", async () => {
    scene.recorder.stored = tenMinutes(1, Buffer.alloc(300_000, 1));
    Object.assign(scene.recorder, { breakAfter: 100_000, breaks: Number.POSITIVE_INFINITY, ranges: false });
    const { handle, received } = await wire({ action: "download", folder: scene.folder });
    const error = await handle({ name: "ch01_00000000000" });
    assert.equal(error?.code, "CONNECTION_LOST");
    assert.match(error.message, /127\.0\.0\.1/);
    assert.deepEqual(
      (await readdir(scene.folder)).map((name) => name.endsWith(".part")),
      [true],
    );
    assert.equal(received.length, 0);
    Object.assign(scene.recorder, { breaks: 0, ranges: true });
    assert.equal(await handle({ name: "ch01_00000000000" }), undefined);
    assert.match(scene.downloads.at(-1) ?? "", /^GET 206 bytes=[1-9]\d+-$/);
    assert.equal((await readdir(scene.folder)).length, 1);
  });

  it("reports errors with a code, and sends no message", async () => {
    const { handle, received } = await wire({ folder: scene.folder });
    const list = [
      { playbackUri: "rtsp://a/Streaming/tracks/1" },
      { playbackUri: "rtsp://a/Streaming/tracks/2" },
    ];
    for (const [msg, code] of [
      [{ action: "destroy" }, "CONFIG_INVALID"],
      [{ track: "x" }, "CONFIG_INVALID"],
      [{ start: "soon" }, "CONFIG_INVALID"],
      [{ action: "download", name: "none" }, "ISAPI_NOT_FOUND"],
      [{ action: "download", payload: { playbackUri: "http://elsewhere/" } }, "CONFIG_INVALID"],
      [{ action: "download", payload: list, filename: "one" }, "CONFIG_INVALID"],
      [{ action: "download", name: "ch01_00000000000", filename: "../x" }, "CONFIG_INVALID"],
    ] as const) {
      assert.equal((await handle(msg))?.code, code, JSON.stringify(msg));
    }
    assert.match(
      (await handle({ action: "download", name: "none" }))?.message ?? "",
      /127\.0\.0\.1:\d+ has no such recording/,
    );
    assert.equal(received.length, 0);
  });

  it("never shows the password", async () => {
    const { node, handle } = await wire({}, "wrong-s3cret");
    assert.equal((await handle({}))?.code, "ISAPI_AUTH");
    assertNoSecrets(node, ["wrong-s3cret"]);
  });
});
