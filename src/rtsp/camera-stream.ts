import { EventEmitter } from "node:events";
import type { SurveillanceError } from "../core/errors";
import {
  FrameStream,
  type Frame,
  type FrameStreamOptions,
  type StreamState,
  type StreamStatistics,
} from "./frames/frame-stream";
import type { ClipRequest } from "./recording/clips";
import type { Recorded } from "./recording/finisher";
import {
  Recorder,
  type RecorderOptions,
  type RecorderState,
  type RecorderStatistics,
} from "./recording/recorder";

/** What is done with a stream, in one word: `ready` is a recorder that waits for a clip to be wanted. */
export type CameraState =
  | StreamState
  | { name: "recording" }
  | { name: "ready" }
  /** Files cannot be written. */
  | { name: "failing"; error: SurveillanceError };

export type CameraStatistics = Pick<StreamStatistics, "state" | "restarts" | "lastError"> &
  Partial<StreamStatistics> & { recorder: RecorderStatistics };

interface CameraEvents {
  frame: [Frame];
  /** @param trigger what a clip was asked for with; undefined for segments */
  recorded: [Recorded, unknown];
  state: [CameraState];
  failure: [SurveillanceError];
}

/**
 * The frames and the recordings of one camera. Each has a connection of its own: neither a change of the frame
 * size nor a fault in decoding disturbs a recording.
 */
export class CameraStream extends EventEmitter<CameraEvents> {
  readonly #frames: FrameStream | undefined;
  readonly #recorder: Recorder;
  #frameState: StreamState = { name: "stopped" };
  #recordings: RecorderState = { stream: { name: "stopped" }, recording: false, fault: undefined };

  /** @param frames undefined where no frames are wanted */
  constructor(frames: FrameStreamOptions | undefined, recorder: RecorderOptions) {
    super();
    this.#frames = frames === undefined ? undefined : new FrameStream(frames);
    this.#recorder = new Recorder(recorder);
    // A camera that is away is away for both: that is told once.
    const failed = (error: SurveillanceError, other: StreamState | RecorderState["stream"]): void => {
      if (other.name !== "waiting" || other.error.code !== error.code) this.emit("failure", error);
    };
    this.#frames?.on("frame", (frame) => this.emit("frame", frame));
    this.#frames?.on("failure", (error) => {
      failed(error, this.#recordings.stream);
    });
    this.#frames?.on("state", (state) => {
      this.#frameState = state;
      this.emit("state", this.state);
    });
    this.#recorder.on("recorded", (...args) => this.emit("recorded", ...args));
    this.#recorder.on("failure", (error) => {
      failed(error, this.#frameState);
    });
    this.#recorder.on("state", (state) => {
      this.#recordings = state;
      this.emit("state", this.state);
    });
  }

  get running(): boolean {
    return this.#frames?.running === true || this.#recorder.running;
  }

  /** What fails comes first, then what is recorded, then the frames. */
  get state(): CameraState {
    const { stream, recording, fault } = this.#recordings;
    for (const state of [stream, this.#frameState]) if (state.name === "waiting") return state;
    if (fault !== undefined && stream.name !== "stopped") return { name: "failing", error: fault };
    if (recording && stream.name === "streaming") return { name: "recording" };
    if (this.#frameState.name !== "stopped") return this.#frameState;
    return stream.name === "streaming" ? { name: "ready" } : stream;
  }

  get statistics(): CameraStatistics {
    const recorder = this.#recorder.statistics;
    const { state, restarts, lastError } = recorder;
    const own = { state, restarts, ...(lastError && { lastError }) };
    return { ...(this.#frames?.statistics ?? own), recorder };
  }

  /** Begins to connect; does nothing when it is running. */
  start(): void {
    this.#frames?.start();
    this.#recorder.start();
  }

  /** Resolves when ffmpeg is gone, within 2 s whatever it is doing. */
  async stop(): Promise<void> {
    await Promise.all([this.#frames?.stop(), this.#recorder.stop()]);
  }

  /** Like `stop`; what was being recorded is complete then, or left unfinished. */
  async close(): Promise<void> {
    await Promise.all([this.#frames?.stop(), this.#recorder.close()]);
  }

  /** Wants a clip, see `Recorder.record`. */
  record(request: ClipRequest): Promise<void> {
    return this.#recorder.record(request);
  }
}
