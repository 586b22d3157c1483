import { SurveillanceError } from "../../core/errors";
import { networkError } from "../../net/network-error";
import type { IsapiClient } from "../connection/client";
import { readText } from "../connection/messages";
import { isSuccess, readResponseStatus, statusError } from "../connection/response-status";
import { clearerOf } from "../request/path-fallback";
import { buildXml } from "../documents/xml";

/** The response with a recording, or with the rest of one. */
export interface DownloadResponse {
  /** Must be read to the end or returned, or the connection stays open. */
  chunks: AsyncIterable<Buffer>;
  /** The first byte: the requested one, or 0 if the device sends the whole recording. */
  from: number;
  /** Bytes of the whole recording, if the response has a length. */
  total: number | undefined;
  /** The response has neither a length nor chunks: only the end of the connection ends it. */
  endsWithConnection: boolean;
}

type Method = "GET" | "POST";

const PATH = "/ISAPI/ContentMgmt/download";
/** Errors that another HTTP method cannot solve. */
const FINAL = new Set(["ISAPI_BUSY", "ISAPI_CONNECTION_LIMIT", "ISAPI_AUTH", "ISAPI_LOCKED", "CLOSED"]);

/**
 * Requests recordings with an XML body in a GET or, on some devices, a POST. Source: ISAPI guide, "Download by file
 * name".
 */
export class DownloadRequests {
  readonly #client: IsapiClient;
  /** The method that this device accepts; undefined until it is known. */
  #method: Method | undefined;

  constructor(client: IsapiClient) {
    this.#client = client;
  }

  /** The name of the download in messages. */
  get where(): string {
    return `The download from ${this.#client.where}`;
  }

  /**
   * Requests a recording with the method that has worked before, else with GET and then POST.
   *
   * @param from the first missing byte
   * @throws {SurveillanceError} ISAPI_REPLY, an IsapiError with the device's codes, CLOSED, or what the client throws
   */
  async open(uri: string, from: number, signal?: AbortSignal): Promise<DownloadResponse> {
    let refusal: SurveillanceError | undefined;
    for (let method = this.#method ?? "GET"; ; method = "POST") {
      try {
        const response = await this.#open(method, uri, from, signal);
        this.#method = method;
        return response;
      } catch (thrown) {
        if (!(thrown instanceof SurveillanceError) || FINAL.has(thrown.code)) throw thrown;
        refusal = clearerOf(refusal, thrown);
        if (this.#method !== undefined || method === "POST") throw refusal;
      }
    }
  }

  async #open(
    method: Method,
    uri: string,
    from: number,
    signal: AbortSignal | undefined,
  ): Promise<DownloadResponse> {
    const { status, body, headers } = await this.#client.request({
      method,
      path: PATH,
      body: buildXml({ downloadRequest: { playbackURI: uri } }),
      headers: { "content-type": "application/xml", ...(from > 0 ? { range: `bytes=${from}-` } : {}) },
      signal,
      connection: "download",
    });
    if (status === 206 && !continuesAt(headers["content-range"], from)) {
      body.on("error", () => undefined).destroy();
      throw new SurveillanceError(
        "ISAPI_REPLY",
        `${this.where}: the device sent another range than requested.`,
      );
    }
    // The partial file is not the start of this recording: download all of it.
    if (status === 416 && from > 0) {
      await readText(body);
      return this.#open(method, uri, 0, signal);
    }
    if (status !== 200 && status !== 206) throw statusError(status, await readText(body), this.where);
    const iterator = (body as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
    const first = await iterator.next().catch((thrown: unknown) => {
      throw signal?.aborted === true
        ? new SurveillanceError("CLOSED", "The download was cancelled.")
        : networkError(thrown, this.where);
    });
    if (first.done === true)
      throw new SurveillanceError("ISAPI_REPLY", `${this.where}: the device sent no data.`);
    const chunks = continued(first.value, iterator);
    // XML, JSON or a web page: a recording does not begin like that.
    if (/^\s*[<{]/.test(first.value.toString("latin1", 0, 64))) throw await this.#refusal(chunks, status);
    const begin = status === 206 ? from : 0;
    const length = Number(headers["content-length"] ?? Number.NaN);
    return {
      chunks,
      from: begin,
      total: Number.isFinite(length) ? begin + length : undefined,
      endsWithConnection:
        headers["content-length"] === undefined && headers["transfer-encoding"] === undefined,
    };
  }

  /** Reads an error that the device sent instead of the recording. */
  async #refusal(chunks: AsyncIterable<Buffer>, httpStatus: number): Promise<SurveillanceError> {
    const parts: Buffer[] = [];
    try {
      for await (const chunk of chunks) {
        parts.push(chunk);
        if (parts.length > 16) break;
      }
    } catch (thrown) {
      return networkError(thrown, this.where);
    }
    const text = Buffer.concat(parts).toString();
    const status = readResponseStatus(text);
    return status === undefined || isSuccess(status)
      ? new SurveillanceError("ISAPI_REPLY", `${this.where}: the device sent text instead of a recording.`)
      : statusError(httpStatus, text, this.where);
  }
}

async function* continued(first: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    for (let next: IteratorResult<Buffer> = { value: first }; next.done !== true; next = await rest.next()) {
      yield next.value;
    }
  } finally {
    // If the reader stops early, the device must stop as well.
    await rest.return?.();
  }
}

function continuesAt(range: string | string[] | undefined, from: number): boolean {
  return Number(/^bytes (\d+)-/.exec(String(range))?.[1] ?? Number.NaN) === from;
}
