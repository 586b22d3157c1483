import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { systemClock, type Clock } from "../../core/clock";
import { SurveillanceError } from "../../core/errors";
import { Serial } from "../../core/serial";
import { findFfmpeg } from "../../ffmpeg/ffmpeg-binary";
import type { IsapiClient } from "../connection/client";
import { DeviceClock, deviceSeconds, type TimeBase } from "./device-clock";
import { RecordingDownloader, targetFile, type Progress } from "./download";
import type { DownloadableRecording, Recording } from "./recording";
import { remuxToMp4 } from "../../ffmpeg/remux";
import { searchRecordings, type SearchResult } from "./search";

export interface RecordingsOptions {
  timeBase?: TimeBase | undefined;
  clock?: Clock;
  /** The path of ffmpeg from the settings. */
  ffmpeg?: string | undefined;
}

/** Times are ISO 8601 (without a zone: the device's local time), a Date, or milliseconds since 1970. */
export interface TimeSpan {
  track: string;
  /** Default: an hour before the end. */
  start?: unknown;
  /** Default: now. */
  end?: unknown;
}

export interface SaveOptions {
  /** Created if it is missing. */
  folder: string;
  /** Relative to the folder; default: track, start and the device's own name. */
  filename?: string | undefined;
  format: "original" | "mp4";
  /** The part of the recording to put into an MP4; default: all of it. */
  cut?: { start?: unknown; end?: unknown } | undefined;
  onProgress?: ((progress: Progress) => void) | undefined;
  signal?: AbortSignal | undefined;
}

export interface SavedRecording extends Recording {
  file: string;
  bytes: number;
}

const RTSP_PORT = 554;
const HOUR_MS = 3600 * 1000;
/** Node-RED may hold several copies of a message in memory. */
const MAX_BUFFER_BYTES = 64 * 1024 * 1024;

/** Searches, plays and downloads the recordings of a device. */
export class Recordings {
  readonly #client: IsapiClient;
  readonly #options: RecordingsOptions;
  readonly #clock: Clock;
  readonly #downloader: RecordingDownloader;
  /** One download at a time: recorders read from one disk, and cameras have little power. */
  readonly #downloads = new Serial();

  constructor(client: IsapiClient, options: RecordingsOptions = {}) {
    this.#client = client;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#downloader = new RecordingDownloader(client);
  }

  /**
   * Finds the recordings of a track and time. If the device does not let the user read its time, `assumed` holds the
   * error, and the times are in this machine's zone.
   *
   * @throws {SurveillanceError} CONFIG_INVALID, ISAPI_REPLY, or what the client throws
   */
  async search(
    span: TimeSpan & { type?: string | undefined },
    signal?: AbortSignal,
  ): Promise<SearchResult & { assumed: SurveillanceError | undefined }> {
    const track = checkTrack(span.track);
    if (span.type !== undefined && !/^[A-Za-z][\w-]*$/.test(span.type)) {
      throw new SurveillanceError("CONFIG_INVALID", `"${span.type}" is not a recording type.`);
    }
    const clock = await this.#deviceClock(signal, true);
    const times = this.#times(clock, span);
    const result = await searchRecordings(this.#client, clock, { track, type: span.type, ...times, signal });
    return { ...result, assumed: clock.assumed };
  }

  /**
   * Returns the RTSP URL for a time span, without user name and password. Many devices ignore `endtime` and play on.
   * Source: ISAPI guide, "Playback by time".
   *
   * @throws {SurveillanceError} CONFIG_INVALID, ISAPI_REPLY, or what the client throws
   */
  async playbackUrl(
    { port = RTSP_PORT, ...span }: TimeSpan & { port?: number | undefined },
    signal?: AbortSignal,
  ): Promise<string> {
    const track = checkTrack(span.track);
    const times = this.#times(await this.#deviceClock(signal), span);
    const [start, end] = [times.start, times.end].map((time) => time.replace(/[-:]/g, ""));
    // The host in the device's search results may not be reachable from here.
    const { hostname } = this.#client.origin;
    const host = port === RTSP_PORT ? hostname : `${hostname}:${port}`;
    return `rtsp://${host}/Streaming/tracks/${track}?starttime=${start}&endtime=${end}`;
  }

  /**
   * Downloads a recording into a folder. Several downloads run one after the other. A failed download leaves a file
   * `….part`, and the next download of the recording continues there.
   *
   * @throws {SurveillanceError} CONFIG_INVALID, FILE_WRITE, FFMPEG_*, or what the download throws
   */
  save(recording: DownloadableRecording, options: SaveOptions): Promise<SavedRecording> {
    return this.#downloads.run(() => this.#save(recording, options));
  }

  /**
   * Downloads a recording into memory.
   *
   * @throws {SurveillanceError} TOO_LARGE beyond 64 MiB, or what `save` throws
   */
  async read(
    recording: DownloadableRecording,
    options: Omit<SaveOptions, "folder" | "filename">,
  ): Promise<Buffer> {
    const tooLarge = (bytes: number): SurveillanceError =>
      new SurveillanceError("TOO_LARGE", `The recording is too large for a message (${bytes} bytes).`, {
        advice: "Set a folder to save it to.",
      });
    // An MP4 may contain only a part of it, so its size is known later.
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

  /** Resolves when all current downloads have ended. Never rejects. */
  settled(): Promise<void> {
    return this.#downloads.settled();
  }

  async #save(recording: DownloadableRecording, options: SaveOptions): Promise<SavedRecording> {
    const { folder, filename, format, signal, onProgress } = options;
    if (signal?.aborted === true) throw new SurveillanceError("CLOSED", "The download was cancelled.");
    if (format === "original") {
      const target = targetFile(folder, recording, filename);
      const bytes = await this.#downloader.download(recording, target, { onProgress, signal });
      return { ...recording, file: target.file, bytes };
    }
    // Check before the download, which may take hours.
    await findFfmpeg({ setting: this.#options.ffmpeg });
    const named = targetFile(folder, recording, filename);
    const base = named.file.replace(/\.(mpg|mp4)$/i, "");
    const original = { file: `${base}.original.mpg`, partial: named.partial };
    await this.#downloader.download(recording, original, { onProgress, signal });
    // If the conversion fails, the original stays: it is complete, and its download took long.
    const cut = options.cut === undefined ? {} : await this.#cut(recording, options.cut, signal);
    const file = `${base}.mp4`;
    await remuxToMp4(original.file, file, { ffmpeg: this.#options.ffmpeg, signal, ...cut });
    await rm(original.file, { force: true });
    return { ...recording, file, bytes: (await stat(file)).size };
  }

  /** Returns the part of the recording inside a time span, in seconds from its start. */
  async #cut(
    { deviceStart, deviceEnd }: Recording,
    span: { start?: unknown; end?: unknown },
    signal: AbortSignal | undefined,
  ): Promise<{ from?: number; duration?: number }> {
    if (deviceStart === undefined) return {};
    const clock = await this.#deviceClock(signal, true);
    const at = (name: string, time: unknown): number | undefined =>
      time === undefined ? undefined : deviceSeconds(clock.toDevice(name, time));
    const begins = deviceSeconds(deviceStart);
    const ends = deviceEnd === undefined ? Number.POSITIVE_INFINITY : deviceSeconds(deviceEnd);
    const start = Math.max(begins, at("start", span.start) ?? begins);
    const end = Math.min(ends, at("end", span.end) ?? ends);
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
    throw new SurveillanceError("CONFIG_INVALID", `The start ${start} must be before the end ${end}.`);
  }
}

/** Checks a track's number. @throws {SurveillanceError} CONFIG_INVALID */
function checkTrack(track: string): string {
  if (/^\d{1,6}$/.test(track) && Number(track) > 0) return track;
  throw new SurveillanceError("CONFIG_INVALID", `"${track}" is not a track.`, {
    advice: "The main stream of channel 1 is on track 101.",
  });
}
