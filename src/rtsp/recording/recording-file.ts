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
  /** When its first picture arrived, ISO 8601. */
  start: string;
  end: string;
  seconds: number;
  bytes: number;
  codec: VideoCodec;
}

/** What may wait for a slow disk, beyond which the file is given up: with it, the whole pre-roll comes at once. */
const MAX_WAITING_BYTES = 128 * 1024 * 1024;

/**
 * One recording on its way to the disk. It grows as `<name>.unfinished.ts`, which players read whatever happens to
 * this process, and becomes `<name>.mp4` when it is complete.
 */
export class RecordingFile {
  /** What grows in this process, so that two recordings of one name do not share it. */
  static readonly #growing = new Set<string>();

  /** Whether a file is one on its way, of any recorder in this process. */
  static isUnfinished(file: string): boolean {
    return this.#growing.has(file.replace(/\.mp4$/, ".ts"));
  }

  /** What it will be. */
  readonly file: string;
  readonly #unfinished: string;
  readonly #ffmpeg: string | undefined;
  readonly #input = new PassThrough();
  readonly #written: Promise<void>;
  readonly #start: number;
  #failure: SurveillanceError | undefined;
  #bytes = 0;
  #codec: VideoCodec = "h264";
  #pictures = 0;
  #first = Infinity;
  #last = -Infinity;

  /**
   * @param file absolute path that ends in `.mp4`; its folder is made
   * @param start when its first picture arrived, epoch milliseconds
   */
  constructor(file: string, start: number, ffmpeg: string | undefined) {
    this.file = file;
    this.#start = start;
    this.#ffmpeg = ffmpeg;
    this.#unfinished = RecordingFile.#unfinishedName(file.replace(/\.mp4$/i, ""));
    RecordingFile.#growing.add(this.#unfinished);
    this.#input.on("error", () => undefined);
    this.#written = this.#writeAll();
    // Told by `failure` and `finish`.
    this.#written.catch(() => undefined);
  }

  static #unfinishedName(stem: string): string {
    for (let number = 1; ; number++) {
      const name = `${stem}${number === 1 ? "" : `.${number}`}.unfinished.ts`;
      if (!this.#growing.has(name)) return name;
    }
  }

  /** What was written so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Of its pictures, by their time stamps, in whole milliseconds. */
  get seconds(): number {
    if (this.#pictures < 2) return 0;
    const span = this.#last - this.#first;
    // The last one is shown as long as the others.
    return Math.round((span + span / (this.#pictures - 1)) * 1000) / 1000;
  }

  /** Why nothing more can be written to it. */
  get failure(): SurveillanceError | undefined {
    return this.#failure;
  }

  /** @param part the first has to begin with a keyframe */
  write({ data, picture }: TimedPart): void {
    if (this.#failure !== undefined) return;
    this.#bytes += data.length;
    if (picture !== undefined) {
      this.#pictures += 1;
      this.#codec = picture.codec;
      this.#first = Math.min(this.#first, picture.seconds);
      this.#last = Math.max(this.#last, picture.seconds);
    }
    this.#input.write(data);
    if (this.#input.writableLength + this.#input.readableLength <= MAX_WAITING_BYTES) return;
    this.#failure = new SurveillanceError("FILE_WRITE", `The disk is too slow for ${this.file}.`, {
      advice: "Choose another folder, or a stream of a lower bit rate.",
    });
    this.#input.destroy();
  }

  /**
   * Makes the MP4 of what was written. Where that fails, the unfinished file is kept.
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
      const advice = isThere ? `What was recorded is kept in ${this.#unfinished}.` : "Nothing of it is left.";
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
