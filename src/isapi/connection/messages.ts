import type { Readable } from "node:stream";

/** As much of a body as is looked into for an explanation. */
export const MAX_ERROR_BYTES = 64 * 1024;

/** The beginning of a body that is only looked into for an explanation; reading it frees the connection. */
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
    // What came so far has to do.
  }
  return Buffer.concat(chunks).toString("utf8", 0, limit);
}
