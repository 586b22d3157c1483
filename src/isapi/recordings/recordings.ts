import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { systemClock, type Clock } from "../../core/clock";
import { SurveillanceError } from "../../core/errors";
import { findFfmpeg } from "../../ffmpeg/ffmpeg-binary";
import type { IsapiClient } from "../connection/client";
import { DeviceClock, deviceSeconds, type TimeBase } from "./device-clock";
import { RecordingDownloader, type Progress } from "./download";
import { checkTrack, playbackUrl } from "./playback-url";
import type { DownloadableRecording, Recording } from "./recording";
import { remuxToMp4 } from "../../ffmpeg/remux";
import { searchRecordings, type SearchResult } from "./search";
import { targetFile } from "./target-file";

export interface RecordingsOptions {
  timeBase?: TimeBase | undefined;
  clock?: Clock;
  /** The path that the user entered at the node. */
  ffmpeg?: string | undefined;
}

/** Times are ISO 8601 (without a zone: by the device's clock), a Date, or milliseconds since 1970. */
export interface TimeSpan {
  track: string;
  /** Default: an hour before the end. */
  start?: unknown;
  /** Default: now. */
  end?: unknown;
}

export interface SaveOptions {
  /** Made where it is missing. */
  folder: string;
  /** Inside the folder; default: track, start and the device's own name. */
  filename?: string | undefined;
  format: "original" | "mp4";
  /** Of an MP4, only this part of the recording. */
  cut?: { start?: unknown; end?: unknown } | undefined;
  onProgress?: ((progress: Progress) => void) | undefined;
  signal?: AbortSignal | undefined;
}

export interface SavedRecording extends Recording {
  file: string;
  bytes: number;
}

const HOUR_MS = 3600 * 1000;
/** What is handed on in a message has to fit into memory, several times. */
const MAX_BUFFER_BYTES = 64 * 1024 * 1024;

/** What a device has recorded: to be searched, played and downloaded. */
export class Recordings {
  readonly #client: IsapiClient;
  readonly #options: RecordingsOptions;
  readonly #clock: Clock;
  readonly #downloader: RecordingDownloader;
  /** One download at a time: recorders read from one disk, and cameras have little power. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(client: IsapiClient, options: RecordingsOptions = {}) {
    this.#client = client;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#downloader = new RecordingDownloader(client);
  }

  /**
   * Where the device refuses to tell its time, its clock is assumed to go by this machine's zone.
   *
   * @throws {SurveillanceError} CONFIG_INVALID, ISAPI_REPLY, or what the client throws
   */
  async search(
    span: TimeSpan & { type?: string | undefined },
    signal?: AbortSignal,
  ): Promise<SearchResult & { assumed: SurveillanceError | undefined }> {
    const track = checkTrack(span.track);
    if (span.type !== undefined && !/^[A-Za-z][\w-]*$/.test(span.type)) {
      throw new SurveillanceError("CONFIG_INVALID", `"${span.type}" is no type of recording.`);
    }
    const clock = await this.#deviceClock(signal, true);
    const times = this.#times(clock, span);
    const result = await searchRecordings(this.#client, clock, { track, type: span.type, ...times, signal });
    return { ...result, assumed: clock.assumed };
  }

  /**
   * The URL that plays a time, without user name and password.
   * @throws {SurveillanceError} CONFIG_INVALID, ISAPI_REPLY, or what the client throws
   */
  async playbackUrl(span: TimeSpan & { port?: number | undefined }, signal?: AbortSignal): Promise<string> {
    const track = checkTrack(span.track);
    const times = this.#times(await this.#deviceClock(signal), span);
    return playbackUrl(this.#client.origin.hostname, track, times, span.port);
  }

  /**
   * Downloads a recording into a folder. Several are brought one after the other.
   *
   * @throws {SurveillanceError} CONFIG_INVALID, FILE_WRITE, FFMPEG_*, or what the download throws; no broken file is
   * left: what came of the original stays in a file `….part`, from which the next download goes on
   */
  save(recording: DownloadableRecording, options: SaveOptions): Promise<SavedRecording> {
    const work = this.#turn.then(() => this.#save(recording, options));
    this.#turn = work.catch(() => undefined);
    return work;
  }

  /**
   * Downloads a recording into memory.
   * @throws {SurveillanceError} TOO_LARGE beyond 64 MiB, or what `save` throws
   */
  async read(
    recording: DownloadableRecording,
    options: Omit<SaveOptions, "folder" | "filename">,
  ): Promise<Buffer> {
    const tooLarge = (bytes: number): SurveillanceError =>
      new SurveillanceError("TOO_LARGE", `The recording has ${bytes} bytes, too many for a message.`, {
        advice: "Choose a folder to save it to.",
      });
    // Of an MP4 only a part may be wanted.
    if (options.format === "original" && (recording.size ?? 0) > MAX_BUFFER_BYTES) {
      throw tooLarge(recording.size ?? 0);
    }
    const folder = await mkdtemp(path.join(os.tmpdir(), "recording-"));
    try {
      const { file, bytes } = await this.save(recording, { ...options, folder });
      if (bytes > MAX_BUFFER_BYTES) throw tooLarge(bytes);
      return await readFile(file);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** Resolves when no download is under way. */
  async settled(): Promise<void> {
    await this.#turn;
  }

  async #save(recording: DownloadableRecording, options: SaveOptions): Promise<SavedRecording> {
    const { folder, filename, format, signal, onProgress } = options;
    if (signal?.aborted === true) throw new SurveillanceError("CLOSED", "The download was given up.");
    if (format === "original") {
      const target = targetFile(folder, recording, filename);
      const bytes = await this.#downloader.download(recording, target, { onProgress, signal });
      return { ...recording, file: target.file, bytes };
    }
    // Before a download of hours, not after it.
    await findFfmpeg({ setting: this.#options.ffmpeg });
    const named = targetFile(folder, recording, filename);
    const base = named.file.replace(/\.(mpg|mp4)$/i, "");
    const original = { file: `${base}.original.mpg`, partial: named.partial };
    await this.#downloader.download(recording, original, { onProgress, signal });
    // Where the conversion fails, the original stays: it is whole, and took its time.
    const cut = options.cut === undefined ? {} : await this.#cut(recording, options.cut, signal);
    const file = `${base}.mp4`;
    await remuxToMp4(original.file, file, { ffmpeg: this.#options.ffmpeg, signal, ...cut });
    await rm(original.file, { force: true });
    return { ...recording, file, bytes: (await stat(file)).size };
  }

  /** What lies of the wanted time in the recording, in seconds from its start. */
  async #cut(
    { deviceStart, deviceEnd }: Recording,
    wanted: { start?: unknown; end?: unknown },
    signal: AbortSignal | undefined,
  ): Promise<{ from?: number; duration?: number }> {
    if (deviceStart === undefined) return {};
    const clock = await this.#deviceClock(signal, true);
    const at = (name: string, time: unknown): number | undefined =>
      time === undefined ? undefined : deviceSeconds(clock.toDevice(name, time));
    const begins = deviceSeconds(deviceStart);
    const ends = deviceEnd === undefined ? Number.POSITIVE_INFINITY : deviceSeconds(deviceEnd);
    const start = Math.max(begins, at("start", wanted.start) ?? begins);
    const end = Math.min(ends, at("end", wanted.end) ?? ends);
    if (!Number.isFinite(end)) return { from: start - begins };
    return end > start ? { from: start - begins, duration: end - start } : {};
  }

  #deviceClock(signal: AbortSignal | undefined, assume = false): Promise<DeviceClock> {
    return DeviceClock.read(this.#client, {
      assume,
      base: this.#options.timeBase ?? "device",
      clock: this.#clock,
      signal,
    });
  }

  #times(clock: DeviceClock, span: TimeSpan): { start: string; end: string } {
    const end = clock.toDevice("end", span.end ?? this.#clock.now());
    const start =
      span.start === undefined
        ? new Date(Date.parse(end) - HOUR_MS).toISOString().replace(/\.\d+/, "")
        : clock.toDevice("start", span.start);
    if (start < end) return { start, end };
    throw new SurveillanceError("CONFIG_INVALID", `The start ${start} does not lie before the end ${end}.`);
  }
}
