import { createWriteStream } from "node:fs";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { SurveillanceError } from "../../core/errors";
import { networkError } from "../../net/network-error";
import type { IsapiClient } from "../connection/client";
import { readText, type IsapiResponse } from "../connection/messages";
import { DOWNLOAD_PROGRESS_BYTES } from "../connection/progress-guard";
import { isSuccess, readResponseStatus, statusError } from "../connection/response-status";
import { buildXml } from "../xml";
import { fileError } from "../../files/file-error";
import type { DownloadableRecording } from "./recording";
import type { TargetFile } from "./target-file";

export interface Progress {
  received: number;
  /** Bytes, where the device told. */
  total: number | undefined;
}

export interface DownloadOptions {
  onProgress?: ((progress: Progress) => void) | undefined;
  signal?: AbortSignal | undefined;
}

const PATH = "/ISAPI/ContentMgmt/download";
/** Broken off this often without anything new in between, the device is left alone. */
const MAX_ATTEMPTS = 3;
/** Also one that always brings a little. */
const MAX_CONTINUATIONS = 100;
/** After these, another method would not help. */
const FINAL = new Set(["ISAPI_BUSY", "ISAPI_CONNECTION_LIMIT", "ISAPI_AUTH", "ISAPI_LOCKED", "CLOSED"]);
type Method = "GET" | "POST";

/**
 * Downloads recordings. Source: ISAPI guide, "Download by file name": a request with an XML body, with GET on most
 * devices and POST on some.
 */
export class RecordingDownloader {
  readonly #client: IsapiClient;
  /** Files that grow, of every device: two that write the same would spoil it. */
  static readonly #growing = new Set<string>();
  /** What this device takes, once it is known. */
  #method: Method | undefined;

  constructor(client: IsapiClient) {
    this.#client = client;
  }

  /**
   * Brings a recording into a file, as the device sends it, with the header that may stand before its MPEG program
   * stream. It grows in `target.partial` and gets its name when it is whole. Where the connection breaks, what came
   * stays there, and the next download of the same recording goes on from it.
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
      throw new SurveillanceError("FILE_WRITE", `${target.file} is being downloaded already.`);
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
      // On a full disk, it had better not stay.
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
        // What drips until the time-out, would drip for ever.
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
    const { response, chunks } = await this.#request(recording.playbackUri, have, signal);
    const from = response.status === 206 ? have : 0;
    const total = totalOf(response, from);
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
        throw new SurveillanceError("CLOSED", "The download was given up.", { cause: thrown });
      throw fileError(thrown, partial) === undefined ? networkError(thrown, this.#where) : thrown;
    }
    // Only where HTTP itself does not tell the end: then it may just as well be a broken connection.
    const expected = endsWithConnection(response) ? recording.size : total;
    if (expected !== undefined && received < expected) {
      throw new SurveillanceError(
        "CONNECTION_LOST",
        `${this.#where}: only ${received} of ${expected} bytes came.`,
        { advice: "Download it again: it goes on from there." },
      );
    }
  }

  /** Asks with the method that is known to work, else with GET and then with POST. */
  async #request(uri: string, from: number, signal: AbortSignal | undefined): Promise<Opened> {
    const methods: Method[] = this.#method === undefined ? ["GET", "POST"] : [this.#method];
    let refused: unknown;
    for (const method of methods) {
      try {
        const opened = await this.#open(method, uri, from, signal);
        this.#method = method;
        return opened;
      } catch (thrown) {
        if (!(thrown instanceof SurveillanceError) || FINAL.has(thrown.code)) throw thrown;
        // "No such method" says the least of what went wrong.
        const saysNothing = refused instanceof SurveillanceError && refused.code === "ISAPI_NOT_FOUND";
        if (refused === undefined || saysNothing) refused = thrown;
      }
    }
    throw refused;
  }

  async #open(method: Method, uri: string, from: number, signal: AbortSignal | undefined): Promise<Opened> {
    const response = await this.#client.request({
      method,
      path: PATH,
      body: buildXml({ downloadRequest: { playbackURI: uri } }),
      headers: { "content-type": "application/xml", ...(from > 0 ? { range: `bytes=${from}-` } : {}) },
      signal,
      connection: "download",
    });
    const { status, body, headers } = response;
    if (status === 206 && !continuesAt(headers["content-range"], from)) {
      body.on("error", () => undefined).destroy();
      throw new SurveillanceError(
        "ISAPI_REPLY",
        `${this.#where}: the device sent another part than asked for.`,
      );
    }
    // What is there already is no beginning of this recording: once more, from its start.
    if (status === 416 && from > 0) {
      await readText(body);
      return this.#open(method, uri, 0, signal);
    }
    if (status !== 200 && status !== 206) throw statusError(status, await readText(body), this.#where);
    const iterator = (body as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
    const first = await iterator.next().catch((thrown: unknown) => {
      throw signal?.aborted === true
        ? new SurveillanceError("CLOSED", "The download was given up.")
        : networkError(thrown, this.#where);
    });
    if (first.done === true)
      throw new SurveillanceError("ISAPI_REPLY", `${this.#where}: the device sent nothing.`);
    const chunks = continued(first.value, iterator);
    // XML, JSON or a web page: no recording begins like that.
    if (/^\s*[<{]/.test(first.value.toString("latin1", 0, 64))) throw await this.#refusal(chunks, status);
    return { response, chunks };
  }

  /** An error that came as if it were the recording. */
  async #refusal(chunks: AsyncIterable<Buffer>, status: number): Promise<SurveillanceError> {
    const parts: Buffer[] = [];
    try {
      for await (const chunk of chunks) {
        parts.push(chunk);
        if (parts.length > 16) break;
      }
    } catch (thrown) {
      return networkError(thrown, this.#where);
    }
    const text = Buffer.concat(parts).toString();
    const told = readResponseStatus(text);
    return told === undefined || isSuccess(told)
      ? new SurveillanceError("ISAPI_REPLY", `${this.#where}: the device sent text, not a recording.`)
      : statusError(status, text, this.#where);
  }

  get #where(): string {
    return `The download from ${this.#client.where}`;
  }
}

interface Opened {
  response: IsapiResponse;
  chunks: AsyncIterable<Buffer>;
}

async function* continued(first: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    for (let next: IteratorResult<Buffer> = { value: first }; next.done !== true; next = await rest.next()) {
      yield next.value;
    }
  } finally {
    // Given up half-way, the device need not send on.
    await rest.return?.();
  }
}

function totalOf({ headers }: IsapiResponse, from: number): number | undefined {
  const length = Number(headers["content-length"] ?? Number.NaN);
  return Number.isFinite(length) ? from + length : undefined;
}

function continuesAt(range: string | string[] | undefined, from: number): boolean {
  return Number(/^bytes (\d+)-/.exec(String(range))?.[1] ?? Number.NaN) === from;
}

function endsWithConnection({ headers }: IsapiResponse): boolean {
  return headers["content-length"] === undefined && headers["transfer-encoding"] === undefined;
}

async function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => 0,
  );
}
