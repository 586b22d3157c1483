import type { Socket } from "node:net";
import { framing, head, plainSocket, writeBody } from "./plain-post";

const CHUNK = 16_384;

export interface RawRequest {
  method?: string;
  body?: Buffer | string;
  headers?: Readonly<Record<string, string>>;
  /** Whether to send the body in chunks, without a Content-Length. */
  chunked?: boolean;
  /** Whether to wait for `100 Continue` before the body. */
  expectContinue?: boolean;
  /** The address of the client. */
  localAddress?: string;
}

export interface RawResponse {
  status: number;
  head: string;
  body: string;
  /** Whether the server sent `100 Continue`. */
  continued: boolean;
}

/**
 * Posts over a plain socket, so that no client library changes the request. Closes the connection afterwards.
 *
 * @throws {Error} when the connection ends before the response
 */
export async function rawPost(url: string, request: RawRequest = {}): Promise<RawResponse> {
  const { method, headers = {}, chunked = false, expectContinue = false, localAddress } = request;
  const body = Buffer.from(request.body ?? "");
  const chunks = chunked ? CHUNK : undefined;
  const socket = await plainSocket(url, localAddress);
  const reader = new ResponseReader(socket);
  try {
    const expect = expectContinue ? { Expect: "100-continue" } : {};
    socket.write(head(url, { ...headers, ...framing(body, chunks), ...expect, Connection: "close" }, method));
    if (expectContinue) {
      const interim = await reader.head();
      if (interim.status !== 100)
        return { ...interim, body: await reader.rest(interim.head), continued: false };
    }
    writeBody(socket, body, chunks);
    const final = await reader.head();
    return { ...final, body: await reader.rest(final.head), continued: expectContinue };
  } finally {
    socket.destroy();
  }
}

class ResponseReader {
  #received = Buffer.alloc(0);
  #over = false;
  #wake: () => void = () => undefined;

  constructor(socket: Socket) {
    socket.on("data", (bytes: Buffer) => {
      this.#received = Buffer.concat([this.#received, bytes]);
      this.#wake();
    });
    const end = (): void => {
      this.#over = true;
      this.#wake();
    };
    // Without a response, a broken connection is an error of `head`.
    socket.on("error", end).on("end", end).on("close", end);
  }

  async head(): Promise<{ status: number; head: string }> {
    for (;;) {
      const end = this.#received.indexOf("\r\n\r\n");
      if (end >= 0) {
        const head = this.#received.toString("latin1", 0, end);
        this.#received = this.#received.subarray(end + 4);
        return { status: Number(head.split(" ")[1]), head };
      }
      if (this.#over) throw new Error("The connection ended without a response.");
      await this.#more();
    }
  }

  /** Returns the body: its Content-Length, or all until the connection ends. */
  async rest(head: string): Promise<string> {
    const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? Infinity);
    while (!this.#over && this.#received.length < length) await this.#more();
    return this.#received.toString();
  }

  async #more(): Promise<void> {
    await new Promise<void>((resolve) => (this.#wake = resolve));
  }
}
