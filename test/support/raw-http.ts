import type { Socket } from "node:net";
import { framing, head, plainSocket, writeBody } from "./plain-post";

const CHUNK = 16_384;

export interface RawRequest {
  method?: string;
  body?: Buffer | string;
  headers?: Readonly<Record<string, string>>;
  /** In chunks, without a length. */
  chunked?: boolean;
  /** Waits for `100 Continue` before the body is sent. */
  expectContinue?: boolean;
  /** The client's own address. */
  localAddress?: string;
}

export interface RawAnswer {
  status: number;
  head: string;
  body: string;
  /** Whether `100 Continue` came first. */
  continued: boolean;
}

/**
 * Posts over a socket, with every byte of the request written here: nothing is added or mended by a client library. The
 * connection is closed afterwards.
 *
 * @throws {Error} when the connection ends before there is an answer
 */
export async function rawPost(url: string, request: RawRequest = {}): Promise<RawAnswer> {
  const { method, headers = {}, chunked = false, expectContinue = false, localAddress } = request;
  const body = Buffer.from(request.body ?? "");
  const chunks = chunked ? CHUNK : undefined;
  const socket = await plainSocket(url, localAddress);
  const reader = new AnswerReader(socket);
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

class AnswerReader {
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
    // A broken connection shows in the answer that does not come.
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
      if (this.#over) throw new Error("the connection ended without an answer");
      await this.#more();
    }
  }

  /** The body, as long as the head says, else until the connection ends. */
  async rest(head: string): Promise<string> {
    const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? Infinity);
    while (!this.#over && this.#received.length < length) await this.#more();
    return this.#received.toString();
  }

  async #more(): Promise<void> {
    await new Promise<void>((resolve) => (this.#wake = resolve));
  }
}
