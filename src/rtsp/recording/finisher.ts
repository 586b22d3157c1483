import type { SurveillanceError } from "../../core/errors";
import { Once } from "../../core/once";
import { Serial } from "../../core/serial";
import type { RecordFolder, RecordingKind } from "./record-folder";
import type { GrowingFile, RecordedFile } from "./recording-file";

export interface Recorded extends RecordedFile {
  kind: "clip" | "segment";
  camera: string;
  /** False where the stream broke or was stopped before the end. */
  complete: boolean;
}

export interface FinisherOptions {
  camera: string;
  folder: RecordFolder;
  /** Of each kind of recordings; undefined sets no limit. */
  maxBytes: number | undefined;
  /** Aborted when there is no time left. */
  signal: AbortSignal;
  growing(kind: RecordingKind): GrowingFile | undefined;
  recorded(recorded: Recorded, trigger: unknown): void;
  /** A file failed that nobody waits for. */
  failed(error: SurveillanceError): void;
  /** `fault` has changed. */
  changed(): void;
}

/** Makes MP4s of recordings, one after the other, because the disk is the limit, and deletes the oldest ones. */
export class Finisher {
  readonly #options: FinisherOptions;
  readonly #reported = new Once();
  readonly #serial = new Serial();
  /** What waits for its turn. */
  readonly #pending = new Set<GrowingFile>();
  #fault: SurveillanceError | undefined;

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
    const finished = this.#serial.run(() => this.#make(kind, file, complete, trigger));
    void this.#serial.run(() => this.#tidy(kind, file));
    return finished;
  }

  /** Resolves when all files are made. */
  settled(): Promise<void> {
    return this.#serial.settled();
  }

  /** Reports a failure once until a file succeeds: a full disk fails every file. */
  report(thrown: unknown): void {
    const error = thrown as SurveillanceError;
    if (!this.#options.signal.aborted && this.#reported.first(error.code)) this.#options.failed(error);
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

  /** Also after a failure: the recordings may have filled the disk. */
  async #tidy(kind: RecordingKind, newest: GrowingFile): Promise<void> {
    const { maxBytes, folder } = this.#options;
    if (maxBytes === undefined) return;
    const growing = this.#options.growing(kind);
    const kept = [...this.#pending, newest, ...(growing === undefined ? [] : [growing])];
    // A file that cannot be deleted now is tried again after the next one.
    await folder.keepNewest(kind, maxBytes, kept).catch(() => undefined);
  }
}
