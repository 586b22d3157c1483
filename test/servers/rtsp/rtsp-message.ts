export interface RtspRequest {
  method: string;
  uri: string;
  version: string;
  headers: Partial<Record<string, string>>;
}

const reasons = {
  200: "OK",
  400: "Bad Request",
  401: "Unauthorized",
  404: "Not Found",
  406: "Not Acceptable",
  454: "Session Not Found",
  455: "Method Not Valid in This State",
  459: "Aggregate Operation Not Allowed",
  461: "Unsupported Transport",
  501: "Not Implemented",
  505: "RTSP Version Not Supported",
  551: "Option not supported",
} as const;

export type RtspStatus = keyof typeof reasons;

export interface RtspResponse {
  status: RtspStatus;
  headers?: Record<string, string>;
  body?: string;
}

const MAX_PENDING = 64 * 1024;
const INTERLEAVED = 0x24;

/** Extracts requests, and RTCP between them, from the bytes of one connection (RFC 2326, 6 and 10.12). */
export class RtspParser {
  #pending = Buffer.alloc(0);

  /** Adds a chunk, and returns its complete items. @throws if the protocol is not RTSP */
  push(chunk: Buffer): (RtspRequest | "interleaved")[] {
    this.#pending = Buffer.concat([this.#pending, chunk]);
    const found: (RtspRequest | "interleaved")[] = [];
    for (;;) {
      const item = this.#next();
      if (item === undefined) break;
      found.push(item);
    }
    if (this.#pending.length > MAX_PENDING) throw new Error("the request does not end");
    return found;
  }

  #next(): RtspRequest | "interleaved" | undefined {
    if (this.#pending[0] === INTERLEAVED) {
      if (this.#pending.length < 4) return undefined;
      const end = 4 + this.#pending.readUInt16BE(2);
      if (this.#pending.length < end) return undefined;
      this.#pending = this.#pending.subarray(end);
      return "interleaved";
    }
    const end = this.#pending.indexOf("\r\n\r\n");
    if (end < 0) return undefined;
    const request = parseRequest(this.#pending.subarray(0, end).toString());
    const length = Number(request.headers["content-length"] ?? 0);
    if (!Number.isInteger(length) || length < 0) throw new Error("Content-Length is not a number");
    if (this.#pending.length < end + 4 + length) return undefined;
    this.#pending = this.#pending.subarray(end + 4 + length);
    return request;
  }
}

function parseRequest(text: string): RtspRequest {
  const [first = "", ...lines] = text.split("\r\n");
  const [method = "", uri = "", version = ""] = first.split(" ");
  const headers: RtspRequest["headers"] = {};
  for (const line of lines) {
    const colon = line.indexOf(":");
    if (colon > 0) headers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
  }
  return { method, uri, version, headers };
}

export function formatResponse(response: RtspResponse, cseq: string | undefined): string {
  const { status, headers = {}, body = "" } = response;
  const all: Record<string, string> = { ...(cseq === undefined ? {} : { CSeq: cseq }), ...headers };
  if (body !== "") all["Content-Length"] = String(Buffer.byteLength(body));
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `RTSP/1.0 ${status} ${reasons[status]}\r\n${lines.join("")}\r\n${body}`;
}
