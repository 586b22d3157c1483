import { connect, type Socket } from "node:net";
import { SurveillanceError } from "../errors";
import { networkError } from "../net/network-error";

export interface TcpSenderOptions {
  host: string;
  port: number;
  /** Until a message must be written, its time in the queue included; also how long connecting may take. */
  timeoutMs: number;
  /** Told when the connection comes up, and why it went or did not come. */
  onConnected: () => void;
  onDisconnected: (error: SurveillanceError) => void;
  /** Bounds of the pause before connecting anew. */
  backoffMs?: { min: number; max: number } | undefined;
  /** 0 ≤ x < 1 */
  random?: (() => number) | undefined;
}

interface Message {
  bytes: Buffer;
  resolve: () => void;
  reject: (error: Error) => void;
  timer: NodeJS.Timeout;
}

/** Waiting messages; what comes beyond is turned away. */
const MAX_QUEUE = 100;
const MAX_BYTES = 64 * 1024;
const KEEP_ALIVE_MS = 15_000;
/**
 * Ends each message. The guide does not say how HikCentral tells messages on one connection apart; the vendor's how-to
 * on generic events asks for an Enter after each. CR LF satisfies receivers that split at LF, too.
 */
const ENTER = "\r\n";

/**
 * Sends lines of text over one TCP connection that is kept and, when lost, made anew. A message is written at most
 * once: it waits while there is no connection, but what was handed to a connection that then broke is reported, as
 * it may have arrived.
 */
export class TcpSender {
  readonly #options: TcpSenderOptions;
  readonly #queue: Message[] = [];
  #writing: Message | undefined;
  #socket: Socket | undefined;
  #connected = false;
  #failures = 0;
  #retry: NodeJS.Timeout | undefined;
  #closed = false;

  /** Begins to connect. */
  constructor(options: TcpSenderOptions) {
    this.#options = options;
    this.#connect();
  }

  /**
   * Resolves when the operating system has taken the message for a live connection; the protocol knows no receipt.
   *
   * @throws {SurveillanceError} QUEUE_FULL, TOO_LARGE, TIMEOUT, CONNECTION_LOST, CLOSED
   */
  async send(text: string): Promise<void> {
    const bytes = Buffer.from(text + ENTER, "utf8");
    const where = this.#where();
    if (this.#closed) throw new SurveillanceError("CLOSED", `${where}: the connection was closed.`);
    if (bytes.length > MAX_BYTES) {
      throw new SurveillanceError("TOO_LARGE", `${where}: the message has more than ${MAX_BYTES} bytes.`);
    }
    if (this.#queue.length >= MAX_QUEUE) {
      throw new SurveillanceError("QUEUE_FULL", `${where}: ${MAX_QUEUE} messages are waiting already.`);
    }
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#expire(message);
      }, this.#options.timeoutMs);
      const message: Message = { bytes, resolve, reject, timer };
      this.#queue.push(message);
      this.#writeNext();
    });
  }

  /** Gives up what waits and closes the connection. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#retry);
    this.#socket?.destroy();
    const error = new SurveillanceError("CLOSED", `${this.#where()}: the connection was closed.`);
    this.#settle(this.#writing, error);
    for (const message of this.#queue.splice(0)) this.#settle(message, error);
  }

  #where(): string {
    return `HikCentral's generic event port ${this.#options.host}:${this.#options.port}`;
  }

  #connect(): void {
    const { host, port, timeoutMs } = this.#options;
    const socket = connect({
      host,
      port,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE_MS,
    });
    let cause: Error | undefined;
    this.#socket = socket;
    // Whatever the receiver says is no part of the protocol, but unread it would hold up the end of the connection.
    socket.resume();
    socket.setTimeout(timeoutMs, () =>
      socket.destroy(Object.assign(new Error("no answer"), { code: "ETIMEDOUT" })),
    );
    socket.once("connect", () => {
      socket.setTimeout(0);
      this.#connected = true;
      this.#failures = 0;
      this.#options.onConnected();
      this.#writeNext();
    });
    socket.once("error", (error) => (cause = error));
    socket.once("close", () => {
      this.#disconnected(cause ?? new Error("the other side closed it"));
    });
  }

  #disconnected(cause: Error): void {
    this.#connected = false;
    this.#socket = undefined;
    const error = networkError(cause, this.#where());
    this.#settle(this.#writing, error);
    if (this.#closed) return;
    this.#options.onDisconnected(error);
    const { backoffMs: { min, max } = { min: 500, max: 5000 }, random = Math.random } = this.#options;
    const pause = Math.min(max, min * 2 ** this.#failures);
    this.#failures += 1;
    // Half of it by chance, so that not all senders come back in the same moment.
    this.#retry = setTimeout(
      () => {
        this.#connect();
      },
      pause / 2 + (pause / 2) * random(),
    );
  }

  /** One at a time, so that of those waiting none is lost with a connection. */
  #writeNext(): void {
    const socket = this.#socket;
    if (!this.#connected || socket === undefined || this.#writing !== undefined) return;
    const message = this.#queue.shift();
    if (message === undefined) return;
    this.#writing = message;
    socket.write(message.bytes, (error) => {
      // A failed write ends the connection, which settles the message with the reason. On a connection that is being
      // torn down Node calls back without an error, though nothing was written.
      if (error || socket.destroyed) return;
      this.#settle(message);
      this.#writeNext();
    });
  }

  #expire(message: Message): void {
    const { timeoutMs } = this.#options;
    const error = new SurveillanceError(
      "TIMEOUT",
      `${this.#where()}: the message could not be sent within ${timeoutMs / 1000} s.`,
      { advice: "Check host, port and firewall." },
    );
    // Part of it may be under way: whatever followed on this connection would be joined to it.
    if (message === this.#writing) this.#socket?.destroy();
    else this.#queue.splice(this.#queue.indexOf(message), 1);
    this.#settle(message, error);
  }

  #settle(message: Message | undefined, error?: Error): void {
    if (message === undefined) return;
    if (message === this.#writing) this.#writing = undefined;
    clearTimeout(message.timer);
    if (error === undefined) message.resolve();
    else message.reject(error);
  }
}
