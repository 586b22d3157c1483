import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { addRecorder, playbackUri, type RecorderOptions } from "../../../servers/isapi/recordings";
import { SimulatedDevice, type SimulatedResponse } from "../../../servers/isapi-device";
import { tenMinutes } from "../../../support/recorder-scene";

const SIZE = 9_000_000;
const whole = Buffer.alloc(SIZE, 7);
const child = path.join(__dirname, "../../../support/download-to-slow-disk.ts");
/** The memory of a Node process, with space for buffers but not for nine files. */
const MAX_MEMORY = 220e6;

/** The ways in which a device closes the connection while the disk is busy. */
const closings: { what: string; outcome: number | string; handler: () => SimulatedResponse }[] = [
  {
    what: "at the end, without an announced length",
    outcome: SIZE,
    handler: () => ({
      status: 200,
      respond: (response) => {
        response.useChunkedEncodingByDefault = false;
        response.writeHead(200, { Connection: "close" }).end(whole);
      },
    }),
  },
  {
    what: "at the end, with an announced length",
    outcome: SIZE,
    handler: () => ({
      status: 200,
      respond: (response) => {
        response.writeHead(200, { Connection: "close", "Content-Length": SIZE }).end(whole);
      },
    }),
  },
  {
    what: "in the middle",
    outcome: "CONNECTION_LOST",
    handler: () => ({
      status: 200,
      respond: (response) => {
        response.writeHead(200, { Connection: "close", "Content-Length": SIZE });
        response.write(whole.subarray(0, SIZE / 2), () => response.destroy());
      },
    }),
  },
];

// In a separate process, because the tested fault would end this one.
describe("a download from a device that closes the connection while the disk is slow", function () {
  this.timeout(60_000);
  let device: SimulatedDevice;
  let folder: string;
  beforeEach(async () => {
    device = await SimulatedDevice.start();
    folder = await mkdtemp(path.join(os.tmpdir(), "slow-disk-"));
  });
  afterEach(async () => {
    await device.close();
    await rm(folder, { recursive: true });
  });

  async function download(sources: string[]): Promise<{ files: unknown[]; memory: number }> {
    const node = process.env.NODE_BINARY ?? process.execPath;
    const running = spawn(node, ["-r", "tsx/cjs", child, device.url, folder, ...sources]);
    const ended = new Promise((resolve) => running.once("close", resolve));
    const [stdout, stderr, code] = await Promise.all([text(running.stdout), text(running.stderr), ended]);
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout) as { files: unknown[]; memory: number };
  }

  for (const { what, outcome, handler } of closings) {
    it(`succeeds or fails, but does not end the process: ${what}`, async () => {
      device.handlers.set("/ISAPI/file", handler);
      const { files, memory } = await download(Array.from({ length: 9 }, () => "get:/ISAPI/file"));
      assert.deepEqual(
        files,
        Array.from({ length: 9 }, () => outcome),
      );
      assert.ok(memory < MAX_MEMORY, `${Math.round(memory / 1e6)} MB`);
      // A broken download leaves no file that looks complete.
      assert.equal((await readdir(folder)).length, typeof outcome === "number" ? 9 : 0);
    });
  }

  const recorders: [what: string, options: Partial<RecorderOptions>][] = [
    ["at the end, without an announced length", { undelimited: true, ranges: false }],
    ["in the middle, again and again", { breaks: 3, breakAfter: SIZE / 4 }],
  ];
  for (const [what, options] of recorders) {
    it(`receives every byte of a recording if the device closes ${what}`, async () => {
      const stored = tenMinutes(9, whole);
      addRecorder(device, { stored, ...options });
      const { files, memory } = await download(stored.map((item) => `recording:${playbackUri(item)}`));
      assert.deepEqual(
        files,
        stored.map(() => SIZE),
      );
      assert.ok(memory < MAX_MEMORY, `${Math.round(memory / 1e6)} MB`);
    });
  }
});
