import type { SurveillanceError } from "../../core/errors";
import { Once } from "../../core/once";
import { Serial } from "../../core/serial";
import type { RecordFolder, RecordingKind } from "./record-folder";
import type { GrowingFile, RecordedFile } from "./recording-file";

export interface Recorded extends RecordedFile {
  kind: "clip" | "segment";
  camera: string;
  /** False if the stream broke off or was stopped before the end. */
  complete: boolean;
}

export interface FinisherOptions {
  camera: string;
  folder: RecordFolder;
  /** The limit of each kind of recordings; undefined means no limit. */
  maxBytes: number | undefined;
  /** Aborts the work when the time for closing is over. */
  signal: AbortSignal;
  growing(kind: RecordingKind): GrowingFile | undefined;
  recorded(recorded: Recorded, trigger: unknown): void;
  /** A file failed, and no request waits for it. */
  failed(error: SurveillanceError): void;
  /** `failure` has changed. */
  changed(): void;
}

/** Makes MP4s of recordings and deletes the oldest ones. It makes one at a time, because the disk is the limit. */
export class Finisher {
  readonly #options: FinisherOptions;
  readonly #reported = new Once();
  readonly #serial = new Serial();
  /** The files that are queued or in progress. */
  readonly #pending = new Set<GrowingFile>();
  #failure: SurveillanceError | undefined;

  constructor(options: FinisherOptions) {
    this.#options = options;
  }

  /** The failure of the last file; undefined if it succeeded. */
  get failure(): SurveillanceError | undefined {
    return this.#failure;
  }

  /** Makes the MP4 of a file. @throws {SurveillanceError} the errors of `RecordingFile.finish` */
  finish(kind: RecordingKind, file: GrowingFile, complete: boolean, trigger?: unknown): Promise<void> {
    this.#pending.add(file);
    const finished = this.#serial.run(() => this.#make(kind, file, complete, trigger));
    void this.#serial.run(() => this.#tidy(kind, file));
    return finished;
  }

  /** Resolves when all files are finished. */
  settled(): Promise<void> {
    return this.#serial.settled();
  }

  /** Reports a failure once until a file succeeds, because a full disk fails every file. */
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

  #enter(failure: SurveillanceError | undefined): void {
    if (this.#options.signal.aborted || this.#failure?.code === failure?.code) return;
    this.#failure = failure;
    this.#options.changed();
  }

  /** Deletes the oldest recordings, also after a failure: the recordings may have filled the disk. */
  async #tidy(kind: RecordingKind, newest: GrowingFile): Promise<void> {
    const { maxBytes, folder } = this.#options;
    if (maxBytes === undefined) return;
    const growing = this.#options.growing(kind);
    const kept = [...this.#pending, newest, ...(growing === undefined ? [] : [growing])];
    // After the next recording, the node tries again to delete a file.
    await folder.keepNewest(kind, maxBytes, kept).catch(() => undefined);
  }
}
