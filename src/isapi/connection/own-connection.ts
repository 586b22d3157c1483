import { request, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import type { Socket } from "node:net";

export interface OwnRequest {
  /** Connected, and used for nothing else. */
  socket: Socket;
  host: string;
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: string | Buffer | undefined;
  /** Milliseconds in which the response must begin. */
  timeout: number;
  signal?: AbortSignal | undefined;
  /** Hand out the socket with the response, to be written to. */
  talk?: boolean | undefined;
}

export interface OwnResponse {
  status: number;
  headers: IncomingHttpHeaders;
  body: IncomingMessage;
  /** Of a talk with status 200: destroy it when done, and do not read the body before. */
  socket?: Socket;
}

/**
 * Sends a request over a connection of its own, which ends with the response.
 *
 * The response may be read as slowly as a disk writes. Node's own client accepts that the device closes the connection
 * meanwhile; undici 7 ends the process then (`assert(!this.paused)`).
 *
 * A talk hands out the socket with the response: devices take sound on it after a request that says
 * `Content-Length: 0`. HTTP does not define this. It works because the (empty) body of the response is not read: its end
 * would free the connection.
 *
 * @throws the error that kept the connection from working
 */
export async function sendOver({ socket, timeout, signal, talk, ...rest }: OwnRequest): Promise<OwnResponse> {
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
      // From here on, the writer sees by `close` that the connection broke.
      socket.on("error", () => undefined);
      return { status, headers: response.headers, body: response, socket };
    }
    // Without an agent, nothing else closes the socket.
    for (const over of ["end", "close"]) response.once(over, abort);
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
