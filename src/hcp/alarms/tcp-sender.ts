import { connect, type Socket } from "node:net";
import { backoff } from "../../core/backoff";
import { SurveillanceError } from "../../core/errors";
import { networkError } from "../../net/network-error";
import { Settling } from "./settling";

export interface TcpSenderOptions {
  host: string;
  port: number;
  /**
   * The timeout of a message until it is written, its time in the queue included; also the timeout of connecting and of
   * acknowledging.
   */
  timeoutMs: number;
  /** Called when the connection is established. */
  onConnected: () => void;
  /** Called with the reason when the connection is lost or fails. */
  onDisconnected: (error: SurveillanceError) => void;
  /** Sends uncertain messages again, so that they may arrive twice. Default false. */
  resend?: boolean | undefined;
  /** A message counts as sent after the connection has stayed up for this time; default 1000. */
  settleMs?: number | undefined;
  /** Bounds of the pause before a new connection. */
  backoffMs?: { min: number; max: number } | undefined;
  /** 0 ≤ x < 1 */
  random?: (() => number) | undefined;
}

interface Message {
  bytes: Buffer;
  resolve: () => void;
  reject: (error: Error) => void;
  /** Ends the time in which the message must be written. */
  timer: NodeJS.Timeout | undefined;
  /** The number of attempts to write it to a connection. */
  sends: number;
}

/** The most waiting messages. Further messages are rejected. */
const MAX_QUEUE = 100;
const MAX_BYTES = 64 * 1024;
const MAX_SENDS = 5;
const SETTLE_MS = 1000;
/** The time in which the server may end the connection in order. */
const END_MS = 1000;
const KEEP_ALIVE_MS = 15_000;
/**
 * Ends each message. The guide does not say how HikCentral separates messages on one connection; the vendor's how-to on
 * generic events requires an Enter after each. CR LF also suits receivers that split at LF.
 */
const ENTER = "\r\n";

/**
 * Sends lines of text over one TCP connection, and connects again after a loss. The protocol has no receipts, so a
 * message counts as sent when the connection has stayed up for a while after it (see {@link Settling}). Messages on a
 * connection that breaks before are uncertain: they are reported as uncertain, or sent again.
 */
export class TcpSender {
  readonly #options: TcpSenderOptions;
  readonly #queue: Message[] = [];
  #writing: Message | undefined;
  #socket: Socket | undefined;
  /** The uncertain messages of the current connection. */
  #settling: Settling<Message> | undefined;
  #failures = 0;
  #retry: NodeJS.Timeout | undefined;
  #closed = false;

  /** Starts to connect. */
  constructor(options: TcpSenderOptions) {
    this.#options = options;
    this.#connect();
  }

  /**
   * Resolves when the message is written and the connection has stayed up for the settling time.
   *
   * @throws {SurveillanceError} HCP_ALARM_UNCERTAIN if the connection broke before; QUEUE_FULL, TOO_LARGE, TIMEOUT,
   *   CLOSED for a message that was never sent
   */
  async send(text: string): Promise<void> {
    const bytes = Buffer.from(text + ENTER, "utf8");
    const where = this.#where();
    if (this.#closed) throw this.#closedError();
    if (bytes.length > MAX_BYTES) {
      throw new SurveillanceError("TOO_LARGE", `${where}: the message is longer than ${MAX_BYTES} bytes.`);
    }
    if (this.#queue.length >= MAX_QUEUE) {
      throw new SurveillanceError("QUEUE_FULL", `${where}: the queue is full (${MAX_QUEUE} messages).`);
    }
    return new Promise((resolve, reject) => {
      const message: Message = { bytes, resolve, reject, timer: undefined, sends: 0 };
      this.#await(message);
      this.#queue.push(message);
      this.#writeNext();
    });
  }

  /**
   * Cancels waiting messages and closes the connection. With uncertain messages on it, the close is in order: a server
   * that ends the connection after us has read all of them.
   */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    const error = this.#closedError();
    for (const message of this.#queue.splice(0)) {
      this.#fail(message, message.sends > 0 ? this.#uncertainty(error) : error);
    }
    const socket = this.#socket;
    const unsettled = this.#settling?.end() ?? [];
    if (this.#writing !== undefined) unsettled.push(this.#writing);
    this.#writing = undefined;
    for (const { timer } of unsettled) clearTimeout(timer);
    const isRead = unsettled.length > 0 && socket !== undefined && (await endInOrder(socket));
    socket?.destroy();
    for (const message of unsettled) {
      if (isRead) this.#succeed(message);
      else this.#fail(message, this.#uncertainty(error));
    }
  }

  #where(): string {
    return `HikCentral's generic event port ${this.#options.host}:${this.#options.port}`;
  }

  #closedError(): SurveillanceError {
    return new SurveillanceError("CLOSED", `${this.#where()}: the connection was closed.`);
  }

  #uncertainty(cause: SurveillanceError): SurveillanceError {
    return new SurveillanceError(
      "HCP_ALARM_UNCERTAIN",
      `${this.#where()}: the connection ended after the alarm was sent. The alarm may not have arrived.`,
      { cause, advice: "Check for the alarm in HikCentral, or enable sending uncertain alarms again." },
    );
  }

  #connect(): void {
    const { host, port, timeoutMs, settleMs = SETTLE_MS } = this.#options;
    const socket = connect({
      host,
      port,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE_MS,
    });
    let cause: Error | undefined;
    this.#socket = socket;
    // The protocol has no responses. Unread data would delay the end of the connection.
    socket.resume();
    const silent = (): Error => Object.assign(new Error("no response"), { code: "ETIMEDOUT" });
    socket.setTimeout(timeoutMs, () => socket.destroy(silent()));
    socket.once("connect", () => {
      socket.setTimeout(0);
      this.#failures = 0;
      this.#settling = new Settling<Message>(socket, {
        ...{ settleMs, timeoutMs },
        onSettled: (message) => {
          this.#succeed(message);
          this.#writeNext();
        },
        onDead: () => socket.destroy(silent()),
      });
      this.#options.onConnected();
      this.#writeNext();
    });
    socket.once("error", (error) => (cause = error));
    socket.once("close", () => {
      this.#disconnected(cause ?? new Error("the server closed the connection"));
    });
  }

  #disconnected(cause: Error): void {
    if (this.#closed) return;
    const error = networkError(cause, this.#where());
    const uncertain = this.#settling?.end() ?? [];
    if (this.#writing !== undefined) uncertain.push(this.#writing);
    this.#settling = this.#socket = this.#writing = undefined;
    // Backwards, because each message goes to the front.
    for (const message of uncertain.reverse()) this.#sendAgain(message, this.#uncertainty(error));
    this.#options.onDisconnected(error);
    const { backoffMs: { min, max } = { min: 500, max: 5000 }, random = Math.random } = this.#options;
    const pause = backoff(this.#failures, { first: min, max, jitter: [0.5, 1] }, random);
    this.#failures += 1;
    this.#retry = setTimeout(() => {
      this.#connect();
    }, pause);
  }

  /** Sends an uncertain message again if `resend` is set, a few times only: each attempt may arrive. */
  #sendAgain(message: Message, error: SurveillanceError): void {
    if (this.#options.resend !== true || message.sends >= MAX_SENDS) {
      this.#fail(message, error);
      return;
    }
    this.#await(message);
    this.#queue.unshift(message);
  }

  /** Writes one message at a time, so that a lost connection never takes waiting messages with it. */
  #writeNext(): void {
    const [socket, settling] = [this.#socket, this.#settling];
    if (socket === undefined || settling === undefined || settling.isFull) return;
    if (this.#writing !== undefined) return;
    const message = this.#queue.shift();
    if (message === undefined) return;
    this.#writing = message;
    message.sends += 1;
    socket.write(message.bytes, (error) => {
      // A failed write ends the connection, and the close handler deals with the message. On a destroyed socket, Node
      // calls back without an error although nothing was written.
      if (error || socket.destroyed || this.#writing !== message) return;
      this.#writing = undefined;
      clearTimeout(message.timer);
      settling.add(message);
      this.#writeNext();
    });
  }

  /** Starts the timeout of a message that must be written. */
  #await(message: Message): void {
    clearTimeout(message.timer);
    message.timer = setTimeout(() => {
      this.#expire(message);
    }, this.#options.timeoutMs);
  }

  #expire(message: Message): void {
    const { timeoutMs } = this.#options;
    const error = new SurveillanceError(
      "TIMEOUT",
      `${this.#where()}: the message could not be sent within ${timeoutMs / 1000} s.`,
      { advice: "Check host, port and firewall." },
    );
    if (message === this.#writing) {
      // A part of the message may be sent: a next message on this connection would be joined to it.
      this.#writing = undefined;
      this.#socket?.destroy(
        Object.assign(new Error("the server no longer reads from the connection"), { code: "ETIMEDOUT" }),
      );
    } else {
      this.#queue.splice(this.#queue.indexOf(message), 1);
    }
    this.#fail(message, message.sends > 0 ? this.#uncertainty(error) : error);
  }

  #succeed(message: Message): void {
    clearTimeout(message.timer);
    message.resolve();
  }

  #fail(message: Message, error: Error): void {
    clearTimeout(message.timer);
    message.reject(error);
  }
}

/** Ends our side. Resolves with whether the server then ends its side, which it does after it has read everything. */
function endInOrder(socket: Socket): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      resolve(false);
    }, END_MS);
    socket.once("close", (hadError) => {
      clearTimeout(timer);
      resolve(!hadError && socket.readableEnded);
    });
    socket.end();
  });
}
