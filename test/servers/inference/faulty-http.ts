import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

/**
 * How the server treats work:
 * - `hang`: it reads the request and never answers; `dead-worker`: the same, but its health is fine;
 * - `die`: it closes the connection after half of the answer;
 * - `drip`: it sends its answer one byte at a time;
 * - `garbage`: it answers 200 with bytes of nothing; `page`: 502 with the page of a proxy;
 * - `busy`: 503, its queue is full.
 */
export type Fault = "hang" | "dead-worker" | "die" | "drip" | "garbage" | "page" | "busy";

export interface InferenceHost {
  /** Milliseconds of one inference. */
  serviceMs?: number;
  /** Inferences at the same time. Default 1. */
  slots?: number;
  /** Inferences that wait for a slot; one more is refused with 503. */
  maxQueue?: number;
  token?: string;
  tls?: { key: string; cert: string };
  port?: number;
}

export interface Answer {
  status: number;
  headers?: Record<string, string>;
  body?: Buffer;
}

/** A request whose body has arrived. */
export interface Question {
  method: string;
  path: string;
  headers: IncomingMessage["headers"];
  body: Buffer;
}

const DRIP_MS = 50;

/** The HTTP side of a simulated inference server: slots with a service time, and faults. */
export class FaultyHttp {
  fault: Fault | undefined;
  serviceMs: number;
  /** Inferences that arrived, also those that failed. */
  inferences = 0;
  /** The largest number of inferences in work and waiting. */
  mostAtOnce = 0;
  /** The requests, `METHOD path`. */
  readonly requests: string[] = [];
  readonly #host: InferenceHost;
  readonly #server;
  readonly #sockets = new Set<Socket>();
  readonly #waiting: (() => void)[] = [];
  #busy = 0;

  /** @param answer the protocol. `infer` marks the work: it takes a slot and has the faults. */
  constructor(
    host: InferenceHost,
    answer: (question: Question, infer: () => Promise<void>) => Promise<Answer>,
  ) {
    this.#host = host;
    this.serviceMs = host.serviceMs ?? 0;
    const listener: RequestListener = (request, response) => {
      void this.#serve(request, response, answer).catch(() => response.destroy());
    };
    this.#server = host.tls === undefined ? createServer(listener) : createTlsServer(host.tls, listener);
    this.#server.on("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => undefined).on("close", () => this.#sockets.delete(socket));
    });
  }

  async listen(port = this.#host.port ?? 0): Promise<void> {
    this.#server.listen(port, "127.0.0.1");
    await once(this.#server, "listening");
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `${this.#host.tls === undefined ? "http" : "https"}://127.0.0.1:${this.port}`;
  }

  /** Ends like a killed process: all connections break. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, "close");
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async #serve(
    request: IncomingMessage,
    response: ServerResponse,
    answer: (question: Question, infer: () => Promise<void>) => Promise<Answer>,
  ): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = "", url = "", headers } = request;
    this.requests.push(`${method} ${url}`);
    let works = false as boolean;
    const infer = async (): Promise<void> => {
      works = true;
      this.inferences += 1;
      await this.#work();
    };
    if (this.fault === "hang") return;
    if (this.fault === "page") {
      send(response, page(502, "Bad Gateway"));
      return;
    }
    const { token } = this.#host;
    const question = { method, path: url, headers, body: Buffer.concat(chunks) };
    const result =
      token !== undefined && headers.authorization !== `Bearer ${token}`
        ? { status: 401, body: Buffer.from("Unauthorized") }
        : await answer(question, infer).catch((thrown: unknown) => {
            if (thrown instanceof QueueFull) return refusal(503, "Exceeds maximum queue size");
            throw thrown;
          });
    if (!works) {
      send(response, result);
      return;
    }
    await this.#sendWork(response, result);
  }

  async #sendWork(response: ServerResponse, result: Answer): Promise<void> {
    const { body = Buffer.alloc(0) } = result;
    if (this.fault === "dead-worker") return;
    if (this.fault === "garbage") {
      send(response, { status: 200, body: Buffer.from([0xff, 0x00, 0x7b, 0xfe]) });
    } else if (this.fault === "die") {
      head(response, result);
      response.write(body.subarray(0, body.length >> 1), () => response.destroy());
    } else if (this.fault === "drip") {
      head(response, result);
      for (let at = 0; at < body.length && !response.destroyed; at += 1) {
        response.write(body.subarray(at, at + 1));
        await delay(DRIP_MS);
      }
      response.end();
    } else {
      send(response, result);
    }
  }

  async #work(): Promise<void> {
    const { slots = 1, maxQueue = Infinity } = this.#host;
    if (this.fault === "busy") throw new QueueFull();
    if (this.#busy >= slots) {
      if (this.#waiting.length >= maxQueue) throw new QueueFull();
      this.mostAtOnce = Math.max(this.mostAtOnce, this.#busy + this.#waiting.length + 1);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else {
      this.#busy += 1;
      this.mostAtOnce = Math.max(this.mostAtOnce, this.#busy);
    }
    if (this.serviceMs > 0) await delay(this.serviceMs);
    const next = this.#waiting.shift();
    if (next === undefined) this.#busy -= 1;
    else next();
  }
}

class QueueFull extends Error {}

/** An error as the Open Inference Protocol has it. */
export function refusal(status: number, error: string): Answer {
  return {
    status,
    headers: { "content-type": "application/json" },
    body: Buffer.from(JSON.stringify({ error })),
  };
}

function page(status: number, title: string): Answer {
  return {
    status,
    headers: { "content-type": "text/html" },
    body: Buffer.from(`<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`),
  };
}

function head(response: ServerResponse, { status, headers = {}, body }: Answer): void {
  response.writeHead(status, { ...headers, "content-length": String(body?.length ?? 0) });
}

function send(response: ServerResponse, answer: Answer): void {
  head(response, answer);
  response.end(answer.body);
}
