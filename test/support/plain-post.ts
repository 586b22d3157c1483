import { connect as connectPlain, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { once } from "node:events";

export interface PlainResponse {
  status: number;
  /** Names in lower case. */
  headers: Map<string, string>;
  body: string;
}

export interface PlainPost {
  body?: Buffer | string;
  headers?: Record<string, string>;
  /** Sends the body in chunks of this size, without a Content-Length. */
  chunks?: number;
  /** The address of the client, in 127.0.0.0/8. */
  from?: string;
  method?: string;
}

/** Opens a connection without an HTTP client. */
export async function plainSocket(url: string, from?: string): Promise<Socket> {
  const { hostname, port, protocol } = new URL(url);
  const target = { host: hostname, port: Number(port), ...(from !== undefined && { localAddress: from }) };
  const secure = protocol === "https:";
  const socket = secure ? connectTls({ ...target, rejectUnauthorized: false }) : connectPlain(target);
  socket.on("error", () => undefined);
  await once(socket, secure ? "secureConnect" : "connect");
  return socket;
}

/** Returns the head of a request with these headers and Host. */
export function head(url: string, headers: Record<string, string>, method = "POST"): string {
  const { pathname, search, host } = new URL(url);
  const lines = Object.entries({ Host: host, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${pathname}${search} HTTP/1.1\r\n${lines.join("")}\r\n`;
}

/** Returns the header that frames a body: its length, or chunks. */
export function framing(body: Buffer, chunks?: number): Record<string, string> {
  return chunks === undefined
    ? { "Content-Length": String(body.length) }
    : { "Transfer-Encoding": "chunked" };
}

export function writeBody(socket: Socket, body: Buffer, chunks?: number): void {
  if (chunks === undefined) {
    socket.write(body);
    return;
  }
  for (let at = 0; at < body.length; at += chunks) {
    const piece = body.subarray(at, at + chunks);
    socket.write(`${piece.length.toString(16)}\r\n`);
    socket.write(piece);
    socket.write("\r\n");
  }
  socket.write("0\r\n\r\n");
}

/** Posts over a plain socket, so that no client library changes the request. */
export async function plainPost(url: string, post: PlainPost = {}): Promise<PlainResponse> {
  const { headers = {}, chunks, from, method } = post;
  const body = Buffer.from(post.body ?? "");
  const socket = await plainSocket(url, from);
  socket.write(head(url, { Connection: "close", ...headers, ...framing(body, chunks) }, method));
  writeBody(socket, body, chunks);
  return readResponse(socket);
}

/** Reads one response. Its status is 0 if the connection ends without one. */
export async function readResponse(socket: Socket): Promise<PlainResponse> {
  let text = "";
  try {
    for await (const chunk of socket) {
      text += (chunk as Buffer).toString("latin1");
      const end = text.indexOf("\r\n\r\n");
      const length = /\r\ncontent-length: *(\d+)/i.exec(text)?.[1];
      if (end >= 0 && length !== undefined && text.length >= end + 4 + Number(length)) break;
    }
  } catch {
    // The server closed the connection.
  }
  socket.destroy();
  const [top = "", ...rest] = text.split("\r\n\r\n");
  const [line = "", ...lines] = top.split("\r\n");
  const headers = new Map(
    lines.map((header) => {
      const colon = header.indexOf(":");
      return [header.slice(0, colon).toLowerCase(), header.slice(colon + 1).trim()];
    }),
  );
  return { status: Number(line.split(" ")[1] ?? 0), headers, body: rest.join("\r\n\r\n") };
}
