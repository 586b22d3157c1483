import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { IsapiClient } from "../../src/isapi/connection/client";
import { isDownloadable, type DownloadableRecording } from "../../src/isapi/recordings/recording";
import { Recordings, type RecordingsOptions } from "../../src/isapi/recordings/recordings";
import { SimulatedDevice } from "../servers/isapi-device";
import { addRecorder, type RecorderOptions, type StoredRecording } from "../servers/isapi/recordings";
import { ManualClock } from "./manual-clock";

/** Options with the timeout of the client in seconds. */
type SceneOptions = RecordingsOptions & { timeout?: number };

export const recordedSpan = { track: "101", start: "2026-03-02T07:00:00Z", end: "2026-03-02T08:00:00Z" };

/** Returns recordings of ten minutes each, from 08:00 on the clock of the device. */
export function tenMinutes(count: number, data: Buffer = Buffer.alloc(1000, 1)): StoredRecording[] {
  const at = (index: number): string =>
    new Date(Date.UTC(2026, 2, 2, 8) + index * 600_000).toISOString().replace(".000", "");
  return Array.from({ length: count }, (_, index) => ({
    track: "101",
    start: at(index),
    end: at(index + 1),
    type: index % 2 === 0 ? "timing" : "motion",
    name: `ch01_0000000000${index}`,
    data,
  }));
}

/** A recorder whose clock is an hour ahead of the real time, 09:00, and a folder. */
export class RecorderScene {
  readonly recordings: Recordings;
  readonly #client: IsapiClient;

  private constructor(
    readonly device: SimulatedDevice,
    readonly recorder: RecorderOptions,
    readonly folder: string,
    { timeout = 5, ...options }: SceneOptions,
  ) {
    this.#client = new IsapiClient({
      url: device.url,
      username: "flow",
      password: "s3cret:pass",
      timeout,
    });
    this.recordings = new Recordings(this.#client, {
      clock: new ManualClock("2026-03-02T09:00:00.000Z"),
      ...options,
    });
  }

  static async open(options: Partial<RecorderOptions> = {}, more: SceneOptions = {}): Promise<RecorderScene> {
    const device = await SimulatedDevice.start({ kind: "nvr" });
    const recorder = addRecorder(device, {
      localTime: () => "2026-03-02T10:00:00+01:00",
      stored: tenMinutes(6),
      ...options,
    });
    return new RecorderScene(device, recorder, await mkdtemp(path.join(os.tmpdir(), "recordings-")), more);
  }

  async first(): Promise<DownloadableRecording> {
    const [recording] = (await this.recordings.search(recordedSpan)).recordings;
    if (recording === undefined || !isDownloadable(recording)) {
      throw new Error("The simulated recorder does not have a recording.");
    }
    return recording;
  }

  /** The requests for the download, such as `GET 206 bytes=100-`. */
  get downloads(): string[] {
    return this.device.requests
      .filter(({ url, status }) => url.endsWith("/download") && status !== 401)
      .map(({ method, status, range }) => [method, status, range].filter(Boolean).join(" "));
  }

  async close(): Promise<void> {
    await this.#client.close();
    await this.device.close();
    await rm(this.folder, { recursive: true });
  }
}
