import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { addRecorder, playbackUri, type RecorderOptions } from "../../../servers/isapi/recordings";
import { SimulatedDevice, type Answer } from "../../../servers/isapi-device";
import { tenMinutes } from "../../../support/recorder-scene";

const SIZE = 9_000_000;
const whole = Buffer.alloc(SIZE, 7);
const child = path.join(__dirname, "../../../support/download-to-slow-disk.ts");
/** What a process of Node needs by itself, with room for buffers but not for nine files. */
const MAX_MEMORY = 220e6;

/** How a device closes the connection while the disk is still busy. */
const closings: { what: string; outcome: number | string; answer: () => Answer }[] = [
  {
    what: "at the end, which it had not announced",
    outcome: SIZE,
    answer: () => ({
      status: 200,
      respond: (response) => {
        response.useChunkedEncodingByDefault = false;
        response.writeHead(200, { Connection: "close" }).end(whole);
      },
    }),
  },
  {
    what: "at the end, which it had announced",
    outcome: SIZE,
    answer: () => ({
      status: 200,
      respond: (response) => {
        response.writeHead(200, { Connection: "close", "Content-Length": SIZE }).end(whole);
      },
    }),
  },
  {
    what: "in the middle",
    outcome: "CONNECTION_LOST",
    answer: () => ({
      status: 200,
      respond: (response) => {
        response.writeHead(200, { Connection: "close", "Content-Length": SIZE });
        response.write(whole.subarray(0, SIZE / 2), () => response.destroy());
      },
    }),
  },
];

// In a process of its own, since the fault that is tested for would end this one.
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

  async function download(wanted: string[]): Promise<{ files: unknown[]; memory: number }> {
    const node = process.env.NODE_BINARY ?? process.execPath;
    const running = spawn(node, ["-r", "tsx/cjs", child, device.url, folder, ...wanted]);
    const ended = new Promise((resolve) => running.once("close", resolve));
    const [said, complaints, code] = await Promise.all([text(running.stdout), text(running.stderr), ended]);
    assert.equal(code, 0, complaints);
    return JSON.parse(said) as { files: unknown[]; memory: number };
  }

  for (const { what, outcome, answer } of closings) {
    it(`goes through or fails, but does not end the process: ${what}`, async () => {
      device.handlers.set("/ISAPI/file", answer);
      const { files, memory } = await download(Array.from({ length: 9 }, () => "get:/ISAPI/file"));
      assert.deepEqual(
        files,
        Array.from({ length: 9 }, () => outcome),
      );
      assert.ok(memory < MAX_MEMORY, `${Math.round(memory / 1e6)} MB`);
      // Nothing that passes for a file is left of a broken download.
      assert.equal((await readdir(folder)).length, typeof outcome === "number" ? 9 : 0);
    });
  }

  const recorders: [what: string, options: Partial<RecorderOptions>][] = [
    ["at the end, which it had not announced", { untold: true, ranges: false }],
    ["in the middle, again and again", { breaks: 3, breakAfter: SIZE / 4 }],
  ];
  for (const [what, options] of recorders) {
    it(`brings every byte of a recording where the device closes ${what}`, async () => {
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
