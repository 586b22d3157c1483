import type { IncomingMessage } from "node:http";

/** Why a body was not read to its end, as the status to answer with. */
export class BodyRefused extends Error {
  constructor(
    readonly status: 408 | 413 | 503,
    message: string,
  ) {
    super(message);
    this.name = "BodyRefused";
  }
}

export interface BodyLimits {
  /** Bytes */
  maxBytes: number;
  /** For the whole body: a sender that is slower is holding a connection. */
  timeoutMs: number;
}

/** All bodies that are being received at once may hold this much memory together. */
const MAX_IN_FLIGHT = 256 * 1024 * 1024;
let inFlight = 0;

/** @returns the announced length of a body; undefined for a chunked one */
export function announcedLength(request: IncomingMessage): number | undefined {
  const header = request.headers["content-length"];
  return header === undefined ? undefined : Number(header);
}

/**
 * Reads a request's body.
 *
 * @throws {BodyRefused} when it is too large, too slow, or more than the process can take at the moment
 * @returns undefined when the sender broke off: there is nobody to answer
 */
export function readBody(request: IncomingMessage, limits: BodyLimits): Promise<Buffer | undefined> {
  const { maxBytes, timeoutMs } = limits;
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;

    const finish = (): void => {
      inFlight -= size;
      clearTimeout(timer);
      request.off("data", take).off("end", complete).off("close", broken).off("error", broken);
    };
    const refuse = (status: 408 | 413 | 503, message: string): void => {
      finish();
      request.pause();
      reject(new BodyRefused(status, message));
    };
    const take = (chunk: Buffer): void => {
      size += chunk.length;
      inFlight += chunk.length;
      if (size > maxBytes) refuse(413, `the body is larger than ${maxBytes} bytes`);
      else if (inFlight > MAX_IN_FLIGHT) refuse(503, "too many bodies are being received at once");
      else chunks.push(chunk);
    };
    const complete = (): void => {
      finish();
      resolve(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, size));
    };
    const broken = (): void => {
      finish();
      resolve(undefined);
    };

    const timer = setTimeout(() => {
      refuse(408, `the body did not arrive within ${timeoutMs / 1000} seconds`);
    }, timeoutMs);
    if ((announcedLength(request) ?? 0) > maxBytes) {
      refuse(413, `the body is larger than ${maxBytes} bytes`);
      return;
    }
    request.on("data", take).on("end", complete).on("close", broken).on("error", broken);
  });
}
