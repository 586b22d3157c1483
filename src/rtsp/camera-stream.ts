import type { SurveillanceError } from "../core/errors";
import type { SourceHandler, SourceState, StartableSource } from "../events/source";
import {
  FrameStream,
  type Frame,
  type FrameRate,
  type FrameStatistics,
  type FrameStreamOptions,
} from "./frames/frame-stream";
import type { ClipRequest } from "./recording/clips";
import {
  Recorder,
  type RecorderActivity,
  type RecorderEvent,
  type RecorderOptions,
  type RecorderStatistics,
} from "./recording/recorder";

export type CameraEvent = { frame: Frame } | RecorderEvent;

/** The activity of a connected stream. `ready` means that the recorder waits for a request. */
export type CameraActivity = ({ activity: "frames" } & FrameRate) | { activity: "recording" | "ready" };

export type CameraStatistics = Pick<FrameStatistics, "state" | "restarts" | "lastError"> &
  Partial<FrameStatistics> & { recorder: RecorderStatistics };

/**
 * The frames and the recordings of one camera. They use separate connections, so that a change of the image size or a
 * failure of the decoder does not disturb a recording.
 */
export class CameraStream implements StartableSource {
  readonly #handler: SourceHandler<CameraEvent, CameraActivity>;
  readonly #frames: FrameStream | undefined;
  readonly #recorder: Recorder;
  #frameState: SourceState<FrameRate> = { kind: "stopped" };
  #recorderState: SourceState<RecorderActivity> = { kind: "stopped" };

  /** @param frames undefined for a stream that is only recorded */
  constructor(
    frames: FrameStreamOptions | undefined,
    recorder: RecorderOptions,
    handler: SourceHandler<CameraEvent, CameraActivity>,
  ) {
    this.#handler = handler;
    const warning = (text: string): void => {
      handler.warning(text);
    };
    if (frames !== undefined) {
      this.#frames = new FrameStream(frames, {
        warning,
        event: (frame) => handler.event({ frame }),
        failure: (error) => {
          this.#report(error, this.#recorderState);
        },
        state: (state) => {
          this.#frameState = state;
          handler.state(this.#state());
        },
      });
    }
    this.#recorder = new Recorder(recorder, {
      warning,
      event: (event) => handler.event(event),
      failure: (error) => {
        this.#report(error, this.#frameState);
      },
      state: (state) => {
        this.#recorderState = state;
        handler.state(this.#state());
      },
    });
  }

  get running(): boolean {
    return this.#frames?.running === true || this.#recorder.running;
  }

  get statistics(): CameraStatistics {
    const recorder = this.#recorder.statistics;
    const { state, restarts, lastError } = recorder;
    const own = { state, restarts, ...(lastError && { lastError }) };
    return { ...(this.#frames?.statistics ?? own), recorder };
  }

  start(): void {
    this.#frames?.start();
    this.#recorder.start();
  }

  async stop(): Promise<void> {
    await Promise.all([this.#frames?.stop(), this.#recorder.stop()]);
  }

  /** Does the same as `stop`, and waits for the last recording: it is then complete, or stays unfinished. */
  async close(): Promise<void> {
    await Promise.all([this.#frames?.close(), this.#recorder.close()]);
  }

  /** Begins a clip, or extends the current one: see `Recorder.record`. */
  record(request: ClipRequest): Promise<void> {
    return this.#recorder.record(request);
  }

  /** Reports an offline camera once, although both connections notice it. */
  #report(error: SurveillanceError, other: SourceState): void {
    if (other.kind !== "retrying" || other.error.code !== error.code) this.#handler.failure(error);
  }

  /** Returns the state to show: failures come before recordings, recordings before frames. */
  #state(): SourceState<CameraActivity> {
    const [recorder, frames] = [this.#recorderState, this.#frameState];
    if (recorder.kind === "retrying") return recorder;
    if (frames.kind === "retrying") return frames;
    if (recorder.kind === "failed") return recorder;
    if (recorder.kind === "connected" && recorder.recording)
      return { kind: "connected", activity: "recording" };
    if (frames.kind === "connected") return { ...frames, activity: "frames" };
    if (frames.kind !== "stopped") return frames;
    return recorder.kind === "connected" ? { kind: "connected", activity: "ready" } : recorder;
  }
}
