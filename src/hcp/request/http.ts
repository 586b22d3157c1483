import type { Dispatcher } from "undici";
import { SurveillanceError } from "../../core/errors";

/** The largest response that is read. A page of 500 records or an image is much smaller. */
const MAX_RESPONSE_BYTES = 32 * 1024 * 1024;

export interface HttpRequest {
  origin: string;
  /** The path with its query. */
  path: string;
  /** Headers are sent exactly as given, because they are signed. */
  headers: Record<string, string>;
  body: string;
}

/** An HTTP response as it arrived. */
export interface HttpResponse {
  status: number;
  /** Lower case; empty if the response has none. */
  contentType: string;
  /** The header `Date`; empty if the response has none. */
  date: string;
  body: Buffer;
}

/**
 * Cancels the work on one request. An AbortController per request would take as long as the signature, and there may be
 * thousands of requests a second.
 */
export class Cancellation {
  /** True if the request was written to a connection, so that it may take effect. */
  sent = false;
  #reason: Error | undefined;
  readonly #listeners = new Set<(reason: Error) => void>();

  /** Returns the reason; undefined until the cancellation. */
  get reason(): Error | undefined {
    return this.#reason;
  }

  /** Cancels the work. Only the first reason counts. */
  cancel(reason: Error): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    for (const listener of this.#listeners) listener(reason);
  }

  /**
   * Calls the listener when the work is cancelled, or at once if it already is.
   *
   * @returns a function that removes the listener
   */
  listen(listener: (reason: Error) => void): () => void {
    if (this.#reason !== undefined) listener(this.#reason);
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves after the given time. Rejects with the reason if the work is cancelled before. */
  async pause(milliseconds: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    let stop: (() => void) | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        timer = setTimeout(resolve, milliseconds);
        stop = this.listen(reject);
      });
    } finally {
      clearTimeout(timer);
      stop?.();
    }
  }
}

/**
 * Posts a body and reads the whole response. Uses undici's handlers, which need no AbortSignal.
 *
 * @throws {SurveillanceError} TOO_LARGE; the reason of the cancellation; otherwise the errors of undici
 */
export function post(
  dispatcher: Dispatcher,
  request: HttpRequest,
  cancellation: Cancellation,
): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | undefined;
    const stop = cancellation.listen((reason) => {
      controller?.abort(reason);
      // A request that still waits for a connection has no controller yet.
      reject(reason);
    });
    const response: Omit<HttpResponse, "body"> = { status: 0, contentType: "", date: "" };
    const chunks: Buffer[] = [];
    let size = 0;
    dispatcher.dispatch(
      { ...request, method: "POST" },
      {
        onRequestStart: (started) => {
          controller = started;
          if (cancellation.reason !== undefined) started.abort(cancellation.reason);
          else cancellation.sent = true;
        },
        onResponseStart: (_, status, { "content-type": contentType, date }) => {
          response.status = status;
          if (typeof contentType === "string") response.contentType = contentType.toLowerCase();
          if (typeof date === "string") response.date = date;
        },
        onResponseData: (current, chunk) => {
          size += chunk.length;
          if (size <= MAX_RESPONSE_BYTES) chunks.push(chunk);
          else current.abort(tooLarge(request.path));
        },
        onResponseEnd: () => {
          stop();
          resolve({
            ...response,
            body: chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks),
          });
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
    `The response to ${path} is larger than ${MAX_RESPONSE_BYTES} bytes.`,
    { advice: "Request a smaller page." },
  );
}
