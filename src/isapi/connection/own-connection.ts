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
  /** Milliseconds in which the answer must begin. */
  timeout: number;
  signal?: AbortSignal | undefined;
  /** The connection is handed out with the answer, to be written to. */
  talks?: boolean | undefined;
}

export interface OwnResponse {
  status: number;
  headers: IncomingHttpHeaders;
  body: IncomingMessage;
  /** Of a request that talks: to be destroyed, and the body left alone as long as it is in use; absent unless 200. */
  connection?: Socket;
}

/**
 * Sends a request over a connection of its own, which ends with the answer.
 *
 * The answer may be read as slowly as a disk writes: Node's own client takes it that the device closes the connection
 * meanwhile, which ends the process with undici 7 (`assert(!this.paused)`).
 *
 * A request that talks hands out the connection with the answer: devices take sound on it, as it is, after a request that
 * says `Content-Length: 0`. HTTP knows no such thing; what makes it work is that the answer's (empty) body is not read,
 * since its end would free the connection.
 *
 * @throws what kept the connection from working
 */
export async function sendOver({
  socket,
  timeout,
  signal,
  talks,
  ...rest
}: OwnRequest): Promise<OwnResponse> {
  const { host, method, path, headers, body } = rest;
  const late = Object.assign(new Error("no answer"), { code: "ETIMEDOUT" });
  const timer = setTimeout(() => socket.destroy(late), timeout);
  const giveUp = (): void => void socket.destroy();
  const forget = (): void => signal?.removeEventListener("abort", giveUp);
  signal?.addEventListener("abort", giveUp);
  try {
    signal?.throwIfAborted();
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const sent = request({
        createConnection: () => socket,
        method,
        path,
        headers: {
          ...headers,
          host,
          connection: talks === true ? "keep-alive" : "close",
          ...(method === "GET" && body === undefined
            ? {}
            : { "content-length": Buffer.byteLength(body ?? "") }),
        },
      });
      sent.on("response", resolve).on("error", reject).end(body);
    });
    const status = answer.statusCode ?? 0;
    if (talks === true && status === 200) {
      forget();
      // From here on, whoever writes notices by `close` that it broke.
      socket.on("error", () => undefined);
      return { status, headers: answer.headers, body: answer, connection: socket };
    }
    // Without an agent, nobody else would.
    for (const over of ["end", "close"]) answer.once(over, giveUp);
    answer.once("close", forget);
    return { status, headers: answer.headers, body: answer };
  } catch (thrown) {
    forget();
    socket.destroy();
    throw thrown;
  } finally {
    clearTimeout(timer);
  }
}
