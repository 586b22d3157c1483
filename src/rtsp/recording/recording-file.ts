import { createWriteStream } from "node:fs";
import { mkdir, rm, stat } from "node:fs/promises";
import path from "node:path";
import { PassThrough } from "node:stream";
import { pipeline } from "node:stream/promises";
import { SurveillanceError, toError } from "../../core/errors";
import { remuxToMp4 } from "../../ffmpeg/remux";
import { fileError } from "../../files/target-file";
import type { TimedPart } from "./pre-roll";
import type { VideoCodec } from "./ts-splitter";

export interface RecordedFile {
  /** Absolute path of an MP4. */
  file: string;
  /** The arrival of the first frame, ISO 8601. */
  start: string;
  end: string;
  seconds: number;
  bytes: number;
  codec: VideoCodec;
}

/** The most bytes that wait for a slow disk. More bytes fail the file. The whole pre-roll arrives at once. */
const MAX_WAITING_BYTES = 128 * 1024 * 1024;

/**
 * One recording. It grows as `<name>.unfinished.ts`, which players can read even if this process dies. When it is
 * complete, it becomes `<name>.mp4`.
 */
export class RecordingFile {
  /** All unfinished files of this process, so that two recordings with the same name do not share a file. */
  static readonly #growing = new Set<string>();

  /** Tells whether a recorder of this process writes this file. */
  static isUnfinished(file: string): boolean {
    return this.#growing.has(file.replace(/\.mp4$/, ".ts"));
  }

  /** Absolute path of the MP4. */
  readonly file: string;
  readonly #unfinished: string;
  readonly #ffmpeg: string | undefined;
  readonly #input = new PassThrough();
  readonly #written: Promise<void>;
  readonly #start: number;
  #failure: SurveillanceError | undefined;
  #bytes = 0;
  #codec: VideoCodec = "h264";
  #frames = 0;
  #first = Infinity;
  #last = -Infinity;

  /**
   * @param file absolute path that ends in `.mp4`; missing folders are created
   * @param start the arrival of the first frame, epoch milliseconds
   */
  constructor(file: string, start: number, ffmpeg: string | undefined) {
    this.file = file;
    this.#start = start;
    this.#ffmpeg = ffmpeg;
    this.#unfinished = RecordingFile.#unfinishedName(file.replace(/\.mp4$/i, ""));
    RecordingFile.#growing.add(this.#unfinished);
    this.#input.on("error", () => undefined);
    this.#written = this.#writeAll();
    // `failure` and `finish` report the error.
    this.#written.catch(() => undefined);
  }

  static #unfinishedName(stem: string): string {
    for (let number = 1; ; number++) {
      const name = `${stem}${number === 1 ? "" : `.${number}`}.unfinished.ts`;
      if (!this.#growing.has(name)) return name;
    }
  }

  /** Bytes written so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Duration by the timestamps of the frames, rounded to milliseconds. */
  get seconds(): number {
    if (this.#frames < 2) return 0;
    const span = this.#last - this.#first;
    // The duration of the last frame is the mean of the others.
    return Math.round((span + span / (this.#frames - 1)) * 1000) / 1000;
  }

  /** The reason why the file cannot be written. */
  get failure(): SurveillanceError | undefined {
    return this.#failure;
  }

  /** Appends a part. The first part begins with a keyframe. */
  write({ data, frame }: TimedPart): void {
    if (this.#failure !== undefined) return;
    this.#bytes += data.length;
    if (frame !== undefined) {
      this.#frames += 1;
      this.#codec = frame.codec;
      this.#first = Math.min(this.#first, frame.seconds);
      this.#last = Math.max(this.#last, frame.seconds);
    }
    this.#input.write(data);
    if (this.#input.writableLength + this.#input.readableLength <= MAX_WAITING_BYTES) return;
    this.#failure = new SurveillanceError("FILE_WRITE", `The disk is too slow for ${this.file}.`, {
      advice: "Choose another folder, or a stream with a lower bit rate.",
    });
    this.#input.destroy();
  }

  /**
   * Makes the MP4. After a failure, the unfinished file stays.
   *
   * @throws {SurveillanceError} FILE_WRITE, FFMPEG_MISSING, FFMPEG_TOO_OLD, FFMPEG_FAILED, CLOSED
   */
  async finish(signal?: AbortSignal): Promise<RecordedFile> {
    try {
      this.#input.end();
      await this.#written;
      await this.#convert(signal);
      await rm(this.#unfinished, { force: true });
    } finally {
      RecordingFile.#growing.delete(this.#unfinished);
    }
    return {
      file: this.file,
      start: new Date(this.#start).toISOString(),
      end: new Date(this.#start + this.seconds * 1000).toISOString(),
      seconds: this.seconds,
      bytes: (await stat(this.file)).size,
      codec: this.#codec,
    };
  }

  async #convert(signal: AbortSignal | undefined): Promise<void> {
    try {
      const videoTag = this.#codec === "h265" ? "hvc1" : undefined;
      const partial = this.#unfinished.replace(/\.ts$/, ".mp4");
      const options = { ffmpeg: this.#ffmpeg, signal, sound: "aac", videoTag, partial } as const;
      await remuxToMp4(this.#unfinished, this.file, options);
    } catch (thrown) {
      const { code, message } = thrown as SurveillanceError;
      const isThere = await stat(this.#unfinished).then(
        () => true,
        () => false,
      );
      const advice = isThere ? `The recording is kept in ${this.#unfinished}.` : "The recording is lost.";
      throw new SurveillanceError(code, message, { advice, cause: thrown });
    }
  }

  async #writeAll(): Promise<void> {
    try {
      await mkdir(path.dirname(this.file), { recursive: true });
      await pipeline(this.#input, createWriteStream(this.#unfinished));
    } catch (thrown) {
      this.#failure ??=
        fileError(thrown, this.file) ??
        new SurveillanceError("FILE_WRITE", `${this.file} cannot be written: ${toError(thrown).message}.`);
      await rm(this.#unfinished, { force: true }).catch(() => undefined);
      throw this.#failure;
    }
  }
}

export type GrowingFile = Pick<RecordingFile, "file" | "bytes" | "seconds" | "failure" | "write" | "finish">;
