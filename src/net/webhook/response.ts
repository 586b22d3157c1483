import type { IncomingMessage, ServerResponse } from "node:http";
import { systemClock } from "../../core/clock";
import { atMost } from "../../core/pause";
import type { WebhookResponse } from "./listener";

/** Longer than the slowest heartbeat (120 s), so that a camera's connection is still open for the next one. */
export const KEEP_ALIVE_MS = 180_000;
/** Maximum number of bytes that are read from a refused body. */
const DISCARD_BYTES = 64 * 1024 * 1024;
const DISCARD_MS = 2000;
/** Statuses of requests that are refused by their headers: the client sends the next request on the same connection. */
const BY_HEADERS = new Set([401, 403, 405]);

export function plainText(status: number, body: string): WebhookResponse {
  return { status, contentType: "text/plain; charset=utf-8", body };
}

export function respond(
  request: IncomingMessage,
  response: ServerResponse,
  { status, contentType, body }: WebhookResponse,
): void {
  if (response.destroyed) return;
  response.statusCode = status;
  response.setHeader("Content-Type", contentType);
  response.setHeader("Content-Length", Buffer.byteLength(body));
  if (request.complete || BY_HEADERS.has(status)) {
    keepAlive(request, response);
    response.end(body);
    return;
  }
  response.setHeader("Connection", "close");
  response.write(body);
  void discardRest(request).then(() => response.end());
}

/**
 * Reads and drops the rest of a refused body for a limited time: a sender whose connection is closed while it writes
 * never reads its response.
 */
async function discardRest(request: IncomingMessage): Promise<void> {
  let left = DISCARD_BYTES;
  const over = new Promise<void>((resolve) => {
    request.on("end", resolve).on("close", resolve).on("error", resolve);
    request.on("data", (chunk: Buffer) => {
      left -= chunk.length;
      if (left < 0) resolve();
    });
    request.resume();
  });
  await atMost(over, DISCARD_MS, systemClock);
}

/** Keeps a connection open for the next heartbeat. Node-RED's server closes idle connections after five seconds. */
function keepAlive(request: IncomingMessage, response: ServerResponse): void {
  if (!response.shouldKeepAlive) return;
  const { socket } = request;
  response.setHeader("Connection", "keep-alive");
  response.setHeader("Keep-Alive", `timeout=${KEEP_ALIVE_MS / 1000}`);
  response.once("finish", () => {
    // After the server's own listener, which sets another timeout.
    setImmediate(() => {
      socket.setTimeout(KEEP_ALIVE_MS);
    });
  });
}
