import type { Dispatcher } from "undici";
import { SurveillanceError } from "../core/errors";
import type { GiveUp } from "./give-up";
import type { RawReply } from "./reply";

/** The largest answer that is read: a page of 500 records or a picture is far below. */
const MAX_REPLY_BYTES = 32 * 1024 * 1024;

export interface Post {
  origin: string;
  /** With its query. */
  path: string;
  /** They go out exactly as given, since they are signed. */
  headers: Record<string, string>;
  body: string;
}

/**
 * Posts a body and reads the whole answer. By undici's handlers, which are given up without an AbortSignal: that would cost
 * as much as the signature.
 *
 * @throws {SurveillanceError} TOO_LARGE; the reason for which the request is given up; else whatever undici throws
 */
export function post(dispatcher: Dispatcher, request: Post, giveUp: GiveUp): Promise<RawReply> {
  return new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | undefined;
    const stop = giveUp.listen((reason) => {
      controller?.abort(reason);
      // A request that still waits for a connection has no controller yet.
      reject(reason);
    });
    const reply: Omit<RawReply, "body"> = { status: 0, contentType: "", date: "" };
    const chunks: Buffer[] = [];
    let size = 0;
    dispatcher.dispatch(
      { ...request, method: "POST" },
      {
        onRequestStart: (started) => {
          controller = started;
          if (giveUp.reason !== undefined) started.abort(giveUp.reason);
          else giveUp.sent = true;
        },
        onResponseStart: (_, status, { "content-type": contentType, date }) => {
          reply.status = status;
          if (typeof contentType === "string") reply.contentType = contentType.toLowerCase();
          if (typeof date === "string") reply.date = date;
        },
        onResponseData: (current, chunk) => {
          size += chunk.length;
          if (size <= MAX_REPLY_BYTES) chunks.push(chunk);
          else current.abort(tooLarge(request.path));
        },
        onResponseEnd: () => {
          stop();
          resolve({ ...reply, body: chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks) });
        },
        onResponseError: (_, error) => {
          stop();
          reject(error);
        },
      },
    );
  });
}

function tooLarge(path: string): SurveillanceError {
  return new SurveillanceError(
    "TOO_LARGE",
    `The answer to ${path} is larger than ${MAX_REPLY_BYTES} bytes.`,
    {
      advice: "Ask for a smaller page.",
    },
  );
}
