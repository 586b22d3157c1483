import type { Duplex, Readable } from "node:stream";

/** The connection that carries a request. */
export type ConnectionUse =
  /** One of a few connections that all short requests share. */
  | "shared"
  /** The one connection of the event stream. The response does not end. */
  | "eventStream"
  /** As `eventStream`, but the response starts with the first event, without a timeout. */
  | "lateEventStream"
  /** A separate connection, for another response that does not end. */
  | "stream"
  /** A separate connection, for a large response that may be read as slowly as a disk writes. Two run at a time. */
  | "download"
  /** A separate connection. The caller writes to it after the device has responded. */
  | "talk"
  /** A separate connection, at once, even while other requests pause after a rejected password. */
  | "urgent";

/** The remaining number of requests, over all retries of one task. */
export interface RequestBudget {
  left: number;
}

export interface IsapiRequest {
  method?: string;
  /** Path and query, beginning with `/`. */
  path: string;
  body?: string | Buffer | undefined;
  headers?: Record<string, string>;
  signal?: AbortSignal | undefined;
  budget?: RequestBudget | undefined;
  /** Default `shared`. */
  connection?: ConnectionUse | undefined;
}

export interface IsapiResponse {
  status: number;
  /** Names in lower case. */
  headers: Record<string, string | string[] | undefined>;
  /** Must be read or destroyed. */
  body: Readable;
  /** Set for a `talk` that the device accepts. Destroy it when done, and do not read the body before. */
  socket?: Duplex;
}

/** A response whose body is in memory. */
export interface BufferedResponse extends Omit<IsapiResponse, "body" | "socket"> {
  body: Buffer;
}

/** Returns the path without the query, which may contain secrets. */
export function pathOf({ path }: Pick<IsapiRequest, "path">): string {
  return path.split("?", 1)[0] ?? "";
}

/** How much of a body is searched for an error message. */
export const MAX_ERROR_BYTES = 64 * 1024;

/** Reads the start of a body that may contain an error message. Reading it frees the connection. */
export async function readText(body: Readable, limit = MAX_ERROR_BYTES): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > limit) break;
    }
  } catch {
    // The part that arrived is enough.
  }
  return Buffer.concat(chunks).toString("utf8", 0, limit);
}
