import type { SurveillanceError } from "../../core/errors";
import type { RecordFolder, RecordingKind } from "./record-folder";
import type { GrowingFile, RecordedFile } from "./recording-file";

export interface Recorded extends RecordedFile {
  kind: "clip" | "segment";
  camera: string;
  /** False where the stream broke or was stopped: there is less than was wanted. */
  complete: boolean;
}

export interface FinisherOptions {
  camera: string;
  folder: RecordFolder;
  /** Of each kind of recordings; undefined sets no limit. */
  maxBytes: number | undefined;
  /** There is no time left. */
  signal: AbortSignal;
  growing(kind: RecordingKind): GrowingFile | undefined;
  recorded(recorded: Recorded, trigger: unknown): void;
  /** What nobody waits for has failed. */
  failed(error: SurveillanceError): void;
  /** Files cannot be written, or can be again. */
  changed(): void;
}

/** Makes MP4s of what was recorded, one after the other, for it is the disk that limits it, and keeps the disk tidy. */
export class Finisher {
  readonly #options: FinisherOptions;
  readonly #reported = new Set<string>();
  /** What waits for its turn. */
  readonly #pending = new Set<GrowingFile>();
  #fault: SurveillanceError | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: FinisherOptions) {
    this.#options = options;
  }

  /** Why the last file could not be made. */
  get fault(): SurveillanceError | undefined {
    return this.#fault;
  }

  /** @throws {SurveillanceError} as `RecordingFile.finish` does */
  finish(kind: RecordingKind, file: GrowingFile, complete: boolean, trigger?: unknown): Promise<void> {
    this.#pending.add(file);
    const finished = this.#turn.then(() => this.#make(kind, file, complete, trigger));
    this.#turn = finished.catch(() => undefined).then(() => this.#tidy(kind, file));
    return finished;
  }

  /** Resolves when there is nothing more to be made. */
  async settled(): Promise<void> {
    await this.#turn;
  }

  /** A full disk fails each file anew; until one succeeds, it is told once. */
  report(thrown: unknown): void {
    const error = thrown as SurveillanceError;
    if (this.#options.signal.aborted || this.#reported.has(error.code)) return;
    this.#reported.add(error.code);
    this.#options.failed(error);
  }

  async #make(kind: RecordingKind, file: GrowingFile, complete: boolean, trigger: unknown): Promise<void> {
    const { signal, camera } = this.#options;
    try {
      const facts = await file.finish(signal);
      this.#reported.clear();
      this.#enter(undefined);
      this.#options.recorded(
        { ...facts, kind: kind === "clips" ? "clip" : "segment", camera, complete },
        trigger,
      );
    } catch (thrown) {
      this.#enter(thrown as SurveillanceError);
      throw thrown;
    } finally {
      this.#pending.delete(file);
    }
  }

  #enter(fault: SurveillanceError | undefined): void {
    if (this.#options.signal.aborted || this.#fault?.code === fault?.code) return;
    this.#fault = fault;
    this.#options.changed();
  }

  /** Also after a failure: the disk may be full of what was recorded. */
  async #tidy(kind: RecordingKind, newest: GrowingFile): Promise<void> {
    const { maxBytes, folder } = this.#options;
    if (maxBytes === undefined) return;
    const growing = this.#options.growing(kind);
    const kept = [...this.#pending, newest, ...(growing === undefined ? [] : [growing])];
    // What cannot be deleted now is tried again after the next file.
    await folder.keepNewest(kind, maxBytes, kept).catch(() => undefined);
  }
}
