import { request, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import type { Socket } from "node:net";

export interface TalkRequest {
  /** Connected, and used for nothing else. */
  socket: Socket;
  host: string;
  method: string;
  path: string;
  headers: Record<string, string>;
  /** Milliseconds in which the answer must come. */
  timeout: number;
  signal?: AbortSignal | undefined;
}

export interface TalkResponse {
  status: number;
  headers: IncomingHttpHeaders;
  body: IncomingMessage;
  /** To be destroyed, and the body left alone as long as it is in use; absent where the answer is not 200. */
  connection?: Socket;
}

/**
 * Sends a request without a body and hands out the connection with the answer: devices take sound on it, as it is, after
 * a request that says `Content-Length: 0`. HTTP knows no such thing, so no HTTP client does it by itself; what makes it
 * work is that the answer's (empty) body is not read, since its end would free the connection.
 *
 * @throws what kept the connection from working
 */
export async function talk({ socket, timeout, signal, ...rest }: TalkRequest): Promise<TalkResponse> {
  const { host, method, path, headers } = rest;
  const late = Object.assign(new Error("no answer"), { code: "ETIMEDOUT" });
  const timer = setTimeout(() => socket.destroy(late), timeout);
  const giveUp = (): void => void socket.destroy();
  signal?.addEventListener("abort", giveUp);
  try {
    signal?.throwIfAborted();
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const sent = request({
        createConnection: () => socket,
        method,
        path,
        headers: { ...headers, host, connection: "keep-alive", "content-length": "0" },
      });
      sent.on("response", resolve).on("error", reject).end();
    });
    const status = answer.statusCode ?? 0;
    if (status !== 200) {
      // Without an agent, nobody else would.
      for (const over of ["end", "close"]) answer.once(over, giveUp);
      return { status, headers: answer.headers, body: answer };
    }
    // From here on, whoever writes notices by `close` that it broke.
    socket.on("error", () => undefined);
    return { status, headers: answer.headers, body: answer, connection: socket };
  } catch (thrown) {
    socket.destroy();
    throw thrown;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", giveUp);
  }
}
