import { request, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import type { Socket } from "node:net";

export interface SeparateRequest {
  /** Connected, and used for this request only. */
  socket: Socket;
  host: string;
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: string | Buffer | undefined;
  /** The longest wait for the start of the response, in milliseconds. */
  timeout: number;
  signal?: AbortSignal | undefined;
  /** Return the socket with the response, so that the caller can write to it. */
  talk?: boolean | undefined;
}

export interface SeparateResponse {
  status: number;
  headers: IncomingHttpHeaders;
  body: IncomingMessage;
  /** Set for a talk with status 200. Destroy it when done, and do not read the body before. */
  socket?: Socket;
}

/**
 * Sends a request over a separate connection, which closes after the response.
 *
 * The response may be read as slowly as a disk writes. If the device closes the connection meanwhile, Node's client
 * continues, but undici 7 ends the process (`assert(!this.paused)`).
 *
 * A talk returns the socket with the response: devices accept sound on it after a request with `Content-Length: 0`.
 * HTTP does not define this. It works because the (empty) body of the response is not read: its end would free the
 * connection.
 *
 * @throws the error of the connection
 */
export async function sendOver({
  socket,
  timeout,
  signal,
  talk,
  ...rest
}: SeparateRequest): Promise<SeparateResponse> {
  const { host, method, path, headers, body } = rest;
  const late = Object.assign(new Error("no response"), { code: "ETIMEDOUT" });
  const timer = setTimeout(() => socket.destroy(late), timeout);
  const abort = (): void => void socket.destroy();
  const forget = (): void => signal?.removeEventListener("abort", abort);
  signal?.addEventListener("abort", abort);
  try {
    signal?.throwIfAborted();
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const sent = request({
        createConnection: () => socket,
        method,
        path,
        headers: {
          ...headers,
          host,
          connection: talk === true ? "keep-alive" : "close",
          ...(method === "GET" && body === undefined
            ? {}
            : { "content-length": Buffer.byteLength(body ?? "") }),
        },
      });
      sent.on("response", resolve).on("error", reject).end(body);
    });
    const status = response.statusCode ?? 0;
    if (talk === true && status === 200) {
      forget();
      // From here on, `close` tells the writer that the connection broke.
      socket.on("error", () => undefined);
      return { status, headers: response.headers, body: response, socket };
    }
    // Without an agent, nothing else closes the socket.
    for (const event of ["end", "close"]) response.once(event, abort);
    response.once("close", forget);
    return { status, headers: response.headers, body: response };
  } catch (thrown) {
    forget();
    socket.destroy();
    throw thrown;
  } finally {
    clearTimeout(timer);
  }
}
