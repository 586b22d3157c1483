import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { SurveillanceError } from "../../core/errors";
import { fileError, fileInside } from "../../files/target-file";
import { networkError } from "../../net/network-error";
import type { IsapiClient } from "../connection/client";
import { DOWNLOAD_PROGRESS_BYTES } from "../connection/progress-guard";
import { DownloadRequests } from "./download-request";
import type { DownloadableRecording } from "./recording";

export interface Progress {
  received: number;
  /** Bytes; undefined if the device does not send it. */
  total: number | undefined;
}

export interface DownloadOptions {
  onProgress?: ((progress: Progress) => void) | undefined;
  signal?: AbortSignal | undefined;
}

export interface TargetFile {
  /** The path of the complete recording. */
  file: string;
  /** The path during the download. It depends on the recording, so that a broken download can continue. */
  partial: string;
}

const MAX_NAME = 150;
/** The number of consecutive attempts that may break without a new byte. */
const MAX_ATTEMPTS = 3;
/** The limit for a device that sends only a few bytes per attempt. */
const MAX_CONTINUATIONS = 100;

/** Downloads recordings into files. */
export class RecordingDownloader {
  readonly #requests: DownloadRequests;
  /** The files of all current downloads, for all devices: two downloads would damage the same file. */
  static readonly #growing = new Set<string>();

  constructor(client: IsapiClient) {
    this.#requests = new DownloadRequests(client);
  }

  /**
   * Downloads a recording into a file, as the device sends it: an MPEG program stream, after a header on some devices.
   * The file is `target.partial` until it is complete, then `target.file`. After a broken connection, the next
   * download of the same recording continues there.
   *
   * @returns the file's size in bytes
   * @throws {SurveillanceError} FILE_WRITE, CONNECTION_LOST, TIMEOUT, ISAPI_REPLY, an IsapiError with the device's
   * codes, CLOSED, or what the client throws
   */
  async download(
    recording: DownloadableRecording,
    target: TargetFile,
    options: DownloadOptions = {},
  ): Promise<number> {
    if (RecordingDownloader.#growing.has(target.partial)) {
      throw new SurveillanceError("FILE_WRITE", `${target.file} is already being downloaded.`);
    }
    RecordingDownloader.#growing.add(target.partial);
    try {
      await mkdir(path.dirname(target.file), { recursive: true });
      await this.#fetch(recording, target.partial, options);
      const { size } = await stat(target.partial);
      await rename(target.partial, target.file);
      return size;
    } catch (thrown) {
      const failed = fileError(thrown, target.file);
      if (failed === undefined) throw thrown;
      // On a full disk, free the space.
      await rm(target.partial, { force: true }).catch(() => undefined);
      throw failed;
    } finally {
      RecordingDownloader.#growing.delete(target.partial);
    }
  }

  async #fetch(recording: DownloadableRecording, partial: string, options: DownloadOptions): Promise<void> {
    let attempts = 0;
    for (let count = 1; ; count += 1) {
      const before = await sizeOf(partial);
      try {
        await this.#continue(recording, partial, before, options);
        return;
      } catch (thrown) {
        const broken =
          thrown instanceof SurveillanceError && ["CONNECTION_LOST", "TIMEOUT"].includes(thrown.code);
        if (!broken) throw thrown;
        const gained = (await sizeOf(partial)) - before;
        // A few bytes before a timeout are not progress: the download would never end.
        const progress = gained >= (thrown.code === "TIMEOUT" ? DOWNLOAD_PROGRESS_BYTES : 1);
        attempts = progress ? 1 : attempts + 1;
        if (attempts >= MAX_ATTEMPTS || count >= MAX_CONTINUATIONS) throw thrown;
      }
    }
  }

  async #continue(
    recording: DownloadableRecording,
    partial: string,
    have: number,
    { onProgress, signal }: DownloadOptions,
  ): Promise<void> {
    const response = await this.#requests.open(recording.playbackUri, have, signal);
    const { chunks, from, total } = response;
    let received = from;
    const counted = async function* (): AsyncGenerator<Buffer> {
      for await (const chunk of chunks) {
        received += chunk.length;
        onProgress?.({ received, total: total ?? recording.size });
        yield chunk;
      }
    };
    try {
      await pipeline(
        counted(),
        createWriteStream(partial, { flags: from > 0 ? "a" : "w" }),
        signal === undefined ? {} : { signal },
      );
    } catch (thrown) {
      if (signal?.aborted === true)
        throw new SurveillanceError("CLOSED", "The download was cancelled.", { cause: thrown });
      throw fileError(thrown, partial) === undefined ? networkError(thrown, this.#requests.where) : thrown;
    }
    // The size from the device's search counts only without a length in HTTP: the end of such a response may also be a
    // broken connection.
    const expected = response.endsWithConnection ? recording.size : total;
    if (expected !== undefined && received < expected) {
      throw new SurveillanceError(
        "CONNECTION_LOST",
        `${this.#requests.where} ended after ${received} of ${expected} bytes.`,
        { advice: "Download it again: it continues where it stopped." },
      );
    }
  }
}

async function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => 0,
  );
}

/**
 * Returns the paths for a recording.
 *
 * @param name the file's name; default: track, start and the device's own file name
 * @throws {SurveillanceError} CONFIG_INVALID if the name leads out of the folder
 */
export function targetFile(folder: string, recording: DownloadableRecording, name?: string): TargetFile {
  const file = fileInside(folder, name ?? defaultName(recording));
  const identity = createHash("sha256").update(recording.playbackUri).digest("hex").slice(0, 12);
  return { file, partial: `${file}.${identity}.part` };
}

/** Makes a name from the device's texts. Replaces all characters that could change the path. */
function defaultName({ track, deviceStart, name }: DownloadableRecording): string {
  const parts = [track, deviceStart?.replace(/[-:]/g, "").replace(" ", "T"), name].filter(
    (part) => part !== undefined,
  );
  const plain = parts.join("_").replace(/[^\w@-]+/g, "_");
  return `${plain.slice(0, MAX_NAME)}.mpg`;
}
