import type { Dispatcher } from "undici";
import { SurveillanceError } from "../errors";
import type { RawReply } from "./reply";

/** The largest answer that is read: a page of 500 records or a picture is far below. */
const MAX_REPLY_BYTES = 32 * 1024 * 1024;

/**
 * Posts a body and reads the whole answer. Headers go out exactly as given, since they are signed.
 *
 * @throws {SurveillanceError} TOO_LARGE; else whatever undici throws
 */
export async function post(
  dispatcher: Dispatcher,
  url: URL,
  headers: Record<string, string>,
  body: string,
  signal: AbortSignal,
): Promise<RawReply> {
  const reply = await dispatcher.request({
    origin: url.origin,
    path: url.pathname + url.search,
    method: "POST",
    headers,
    body,
    signal,
  });
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of reply.body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_REPLY_BYTES) {
      throw new SurveillanceError(
        "TOO_LARGE",
        `The answer to ${url.pathname} is larger than ${MAX_REPLY_BYTES} bytes.`,
        { advice: "Ask for a smaller page." },
      );
    }
    chunks.push(chunk);
  }
  const { "content-type": contentType, date } = reply.headers;
  return {
    status: reply.statusCode,
    contentType: typeof contentType === "string" ? contentType.toLowerCase() : "",
    date: typeof date === "string" ? date : "",
    body: Buffer.concat(chunks),
  };
}
