import type { Duplex, Readable } from "node:stream";

/** Which connection carries a request, and how its response comes. */
export type ConnectionUse =
  /** One of a few that all short requests share. */
  | "shared"
  /** The one connection of the event stream. The response does not end. */
  | "eventStream"
  /** As `eventStream`, but the response begins with the first event, however late that is. */
  | "lateEventStream"
  /** A connection of its own, for another response that does not end. */
  | "stream"
  /** A connection of its own, for a large response that is read as slowly as a disk writes. Two run at a time. */
  | "download"
  /** A connection of its own, which the caller writes to once the device has responded. */
  | "talk"
  /** A connection of its own, at once, also while a refused password holds everything else back. */
  | "urgent";

/** How many more times something may be sent, over all retries of one task. */
export interface RequestBudget {
  left: number;
}

export interface IsapiRequest {
  method?: string;
  /** Path and query, from `/` on. */
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
  /** Of a `talk` that the device accepts: destroy it when done, and do not read the body before. */
  socket?: Duplex;
}

/** A response that is held in memory. */
export interface BufferedResponse extends Omit<IsapiResponse, "body" | "socket"> {
  body: Buffer;
}

/** The path without the query, which may hold anything. */
export function pathOf({ path }: Pick<IsapiRequest, "path">): string {
  return path.split("?", 1)[0] ?? "";
}

/** As much of a body as is searched for an explanation. */
export const MAX_ERROR_BYTES = 64 * 1024;

/** Reads the beginning of a body that is only searched for an explanation. Reading it frees the connection. */
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
