import type { IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import { createBrotliDecompress, createUnzip } from "node:zlib";
import { BodyBudget, type HeldBody } from "./body-budget";
import { networkOf } from "./sender";

type RefusalStatus = 400 | 408 | 413 | 415 | 500 | 503;

/** The reason why a body was not read completely, with the status of the response. */
export class BodyRefused extends Error {
  constructor(
    readonly status: RefusalStatus,
    message: string,
    readonly advice?: string,
  ) {
    super(message);
    this.name = "BodyRefused";
  }
}

export interface BodyLimits {
  /** Decoded bytes */
  maxBytes: number;
  /** Longest time for the whole body: a slower sender only occupies a connection. */
  timeoutMs: number;
  /** The sender whose share of the memory is used. Default: the address of the connection. */
  sender?: string;
  /** The memory for all incomplete bodies. Default: the budget of the process. */
  budget?: BodyBudget;
}

const ofProcess = new BodyBudget({ bytes: 256 * 1024 * 1024, perSender: 400 });

/** Returns the announced length of a body; undefined for a chunked body. */
export function announcedLength(request: IncomingMessage): number | undefined {
  const header = request.headers["content-length"];
  return header === undefined ? undefined : Number(header);
}

/**
 * Reads a request's body, decoded if its `Content-Encoding` is gzip, deflate or br.
 *
 * @throws {BodyRefused} the body is too large, too slow, in an unknown encoding, already read by other code, or exceeds
 *   the memory that is left
 * @returns undefined if the sender closed the connection: no response can be sent
 */
export function readBody(request: IncomingMessage, limits: BodyLimits): Promise<Buffer | undefined> {
  const { maxBytes, timeoutMs, sender = request.socket.remoteAddress ?? "", budget = ofProcess } = limits;
  return new Promise((resolve, reject) => {
    if (request.readableDidRead) {
      const advice = "Remove body parsers from settings.js, or use a separate port for this node.";
      throw new BodyRefused(500, "other code in front of the node has read its body", advice);
    }
    if ((announcedLength(request) ?? 0) > maxBytes) throw tooLarge(maxBytes);
    const source = decoded(request);
    const chunks: Buffer[] = [];

    const finish = (): void => {
      budget.end(held);
      clearTimeout(timer);
      request.off("close", closed).off("error", broken);
      source.off("data", take).off("end", complete).off("error", undecodable);
      if (source !== request) {
        request.unpipe();
        // An interrupted decoder may still emit an error.
        source.on("error", () => undefined).destroy();
      }
    };
    const refuse = (refused: BodyRefused): void => {
      finish();
      request.pause();
      reject(refused);
    };
    const take = (chunk: Buffer): void => {
      chunks.push(chunk);
      if (held.size + chunk.length > maxBytes) refuse(tooLarge(maxBytes));
      else budget.grow(held, chunk.length);
    };
    const complete = (): void => {
      finish();
      resolve(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks));
    };
    const broken = (): void => {
      finish();
      resolve(undefined);
    };
    const closed = (): void => {
      if (!request.complete) broken();
    };
    const undecodable = (error: Error): void => {
      if (source === request) broken();
      else refuse(new BodyRefused(400, `its body cannot be decoded (${error.message})`));
    };

    const held: HeldBody = {
      sender: networkOf(sender),
      size: 0,
      abort: (reason) => {
        refuse(new BodyRefused(503, reason));
      },
    };
    const timer = setTimeout(() => {
      refuse(new BodyRefused(408, `the body did not arrive within ${timeoutMs / 1000} seconds`));
    }, timeoutMs);
    if (!budget.begin(held)) {
      held.abort("too many of its bodies are incomplete");
      return;
    }
    request.on("close", closed).on("error", broken);
    source.on("data", take).on("end", complete).on("error", undecodable);
  });
}

function tooLarge(maxBytes: number): BodyRefused {
  return new BodyRefused(413, `the body is larger than ${maxBytes} bytes`);
}

/** Returns the decoded body. @throws {BodyRefused} for an encoding that is not supported */
function decoded(request: IncomingMessage): Readable {
  const coding = (request.headers["content-encoding"] ?? "identity").trim().toLowerCase();
  switch (coding) {
    case "":
    case "identity":
      return request;
    case "gzip":
    case "x-gzip":
    case "deflate":
      return request.pipe(createUnzip());
    case "br":
      return request.pipe(createBrotliDecompress());
    default:
      throw new BodyRefused(415, "its content encoding is not supported");
  }
}
