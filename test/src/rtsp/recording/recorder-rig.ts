import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { ClipRequest } from "../../../../src/rtsp/recording/clips";
import type { Recorded } from "../../../../src/rtsp/recording/finisher";
import {
  Recorder,
  type RecorderActivity,
  type RecorderEvent,
  type RecorderOptions,
} from "../../../../src/rtsp/recording/recorder";
import { parseStreamUrl } from "../../../../src/rtsp/stream-url";
import { provideFfmpeg } from "../../../../tools/ffmpeg";
import { startRtspCamera, type RtspCamera, type RtspCameraOptions } from "../../../servers/rtsp-camera";
import { numberedClip } from "../../../support/clips";
import { SourceEvents } from "../../../support/source-events";

export const login = { username: "operator-77c1", password: "Pa:ss@w/rd#2" };
export const request: ClipRequest = { preRoll: 1, postRoll: 0.6 };
/** The frames in the looping video of the camera: 25 per second, every fifth a keyframe. */
export const LENGTH = 250;

/** A recorder with a real ffmpeg, its camera and an empty folder. */
export class RecorderRig {
  readonly recorded: [Recorded, unknown][] = [];
  /** The number of the last frame from the camera. */
  sent = 0;
  recorder: Recorder;
  /** The events and states of the recorder. */
  sourceEvents = new SourceEvents<RecorderEvent, RecorderActivity>();

  private constructor(
    readonly ffmpeg: string,
    readonly camera: RtspCamera,
    readonly folder: string,
    options: Partial<RecorderOptions>,
  ) {
    camera.on("sent", ({ clipIndex }) => {
      this.sent = clipIndex;
    });
    this.recorder = this.record(options);
  }

  static async open(
    options: Partial<RecorderOptions> = {},
    cameraOptions: Partial<RtspCameraOptions> = {},
  ): Promise<RecorderRig> {
    const ffmpeg = await provideFfmpeg();
    const video = await numberedClip(ffmpeg, {
      ...{ width: 320, height: 240, seconds: LENGTH / 25, keyframeInterval: 5 },
    });
    const folder = await mkdtemp(path.join(os.tmpdir(), "recorder-"));
    const camera = await startRtspCamera({ video, ffmpeg, ...login, ...cameraOptions });
    return new RecorderRig(ffmpeg, camera, folder, options);
  }

  /** Replaces the recorder by a new one, and starts it. */
  record(options: Partial<RecorderOptions>): Recorder {
    this.sourceEvents = new SourceEvents();
    this.sourceEvents.on("event", ({ recorded, trigger }) => this.recorded.push([recorded, trigger]));
    this.recorder = new Recorder(
      {
        ...{ transport: "tcp", stallTimeout: 10, audio: false, mode: "clips", camera: "gate" },
        ...{ folder: this.folder, preRoll: 1, segment: 1, ffmpeg: this.ffmpeg },
        ...{ source: parseStreamUrl(this.camera.url, login), ...options },
      },
      this.sourceEvents,
    );
    this.recorder.start();
    return this.recorder;
  }

  async close(): Promise<void> {
    await this.recorder.close();
    await this.camera.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  async framesSent(count: number): Promise<void> {
    for (let index = 0; index < count; index++) await once(this.camera, "sent");
  }

  connected() {
    return this.sourceEvents.next("connected");
  }

  async nextRecorded(): Promise<Recorded> {
    return ((await once(this.sourceEvents, "event")) as [RecorderEvent])[0].recorded;
  }

  /** The only recording. */
  get only(): Recorded {
    assert.equal(this.recorded.length, 1);
    return (this.recorded as [[Recorded, unknown]])[0][0];
  }

  /** Returns the paths below the folder, sorted. */
  async files(): Promise<string[]> {
    return (await readdir(this.folder, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(this.folder, path.join(entry.parentPath, entry.name)))
      .sort();
  }
}
