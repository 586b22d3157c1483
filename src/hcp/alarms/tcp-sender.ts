import { connect, type Socket } from "node:net";
import { backoff } from "../../core/backoff";
import { SurveillanceError } from "../../core/errors";
import { networkError } from "../../net/network-error";
import { Settling } from "./settling";

export interface TcpSenderOptions {
  host: string;
  port: number;
  /**
   * Until a message must be written, its time in the queue included; also how long connecting and acknowledging may
   * take.
   */
  timeoutMs: number;
  /** Told when the connection comes up, and why it went or did not come. */
  onConnected: () => void;
  onDisconnected: (error: SurveillanceError) => void;
  /** Sends what is uncertain again, so that it may arrive twice. Default false. */
  resend?: boolean | undefined;
  /** How long a connection has to stay up after a message, so that this counts as sent; default 1000. */
  settleMs?: number | undefined;
  /** Bounds of the pause before connecting anew. */
  backoffMs?: { min: number; max: number } | undefined;
  /** 0 ≤ x < 1 */
  random?: (() => number) | undefined;
}

interface Message {
  bytes: Buffer;
  resolve: () => void;
  reject: (error: Error) => void;
  /** Until it must be written. */
  timer: NodeJS.Timeout | undefined;
  /** How often it was given to a connection. */
  sends: number;
}

/** Waiting messages; what comes beyond is turned away. */
const MAX_QUEUE = 100;
const MAX_BYTES = 64 * 1024;
const MAX_SENDS = 5;
const SETTLE_MS = 1000;
/** How long the other side may take to end the connection in order. */
const GOODBYE_MS = 1000;
const KEEP_ALIVE_MS = 15_000;
/**
 * Ends each message. The guide does not say how HikCentral tells messages on one connection apart; the vendor's how-to
 * on generic events asks for an Enter after each. CR LF satisfies receivers that split at LF, too.
 */
const ENTER = "\r\n";

/**
 * Sends lines of text over one TCP connection that is kept and, when lost, made anew. The protocol knows no receipt, so a
 * message counts as sent once the connection has kept up for a while after it (see {@link Settling}). What was given to
 * a connection that broke before is uncertain: it is reported as that, or sent again.
 */
export class TcpSender {
  readonly #options: TcpSenderOptions;
  readonly #queue: Message[] = [];
  #writing: Message | undefined;
  #socket: Socket | undefined;
  /** Of the connection that is up. */
  #settling: Settling<Message> | undefined;
  #failures = 0;
  #retry: NodeJS.Timeout | undefined;
  #closed = false;

  /** Begins to connect. */
  constructor(options: TcpSenderOptions) {
    this.#options = options;
    this.#connect();
  }

  /**
   * Resolves when the connection has taken the message and kept up for the settling time.
   *
   * @throws {SurveillanceError} HCP_ALARM_UNCERTAIN where it broke before; QUEUE_FULL, TOO_LARGE, TIMEOUT, CLOSED for
   *   what was never sent
   */
  async send(text: string): Promise<void> {
    const bytes = Buffer.from(text + ENTER, "utf8");
    const where = this.#where();
    if (this.#closed) throw this.#closedError();
    if (bytes.length > MAX_BYTES) {
      throw new SurveillanceError("TOO_LARGE", `${where}: the message has more than ${MAX_BYTES} bytes.`);
    }
    if (this.#queue.length >= MAX_QUEUE) {
      throw new SurveillanceError("QUEUE_FULL", `${where}: ${MAX_QUEUE} messages are waiting already.`);
    }
    return new Promise((resolve, reject) => {
      const message: Message = { bytes, resolve, reject, timer: undefined, sends: 0 };
      this.#await(message);
      this.#queue.push(message);
      this.#writeNext();
    });
  }

  /**
   * Gives up what waits and closes the connection, in order where messages on it have not settled: whoever ends it after
   * us has read all of them.
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
      `${this.#where()}: the alarm was sent, but then the connection ended: whether it arrived is not known.`,
      { cause, advice: "Look for it in HikCentral, or have uncertain alarms sent again." },
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
    // Whatever the receiver says is not part of the protocol, but unread it would hold up the end of the connection.
    socket.resume();
    const silent = (): Error => Object.assign(new Error("no answer"), { code: "ETIMEDOUT" });
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
      this.#disconnected(cause ?? new Error("the other side closed it"));
    });
  }

  #disconnected(cause: Error): void {
    if (this.#closed) return;
    const error = networkError(cause, this.#where());
    const uncertain = this.#settling?.end() ?? [];
    if (this.#writing !== undefined) uncertain.push(this.#writing);
    this.#settling = this.#socket = this.#writing = undefined;
    // Backwards, as each goes to the front.
    for (const message of uncertain.reverse()) this.#sendAgain(message, this.#uncertainty(error));
    this.#options.onDisconnected(error);
    const { backoffMs: { min, max } = { min: 500, max: 5000 }, random = Math.random } = this.#options;
    const pause = backoff(this.#failures, { first: min, max, jitter: [0.5, 1] }, random);
    this.#failures += 1;
    this.#retry = setTimeout(() => {
      this.#connect();
    }, pause);
  }

  /** Where that is wanted, and a few times only: on a connection that breaks time and again, each may arrive. */
  #sendAgain(message: Message, error: SurveillanceError): void {
    if (this.#options.resend !== true || message.sends >= MAX_SENDS) {
      this.#fail(message, error);
      return;
    }
    this.#await(message);
    this.#queue.unshift(message);
  }

  /** One at a time, so that of those waiting none is lost with a connection. */
  #writeNext(): void {
    const [socket, settling] = [this.#socket, this.#settling];
    if (socket === undefined || settling === undefined || settling.isFull) return;
    if (this.#writing !== undefined) return;
    const message = this.#queue.shift();
    if (message === undefined) return;
    this.#writing = message;
    message.sends += 1;
    socket.write(message.bytes, (error) => {
      // A failed write ends the connection, which tells what became of the message. On a connection that is being torn
      // down Node calls back without an error, though nothing was written.
      if (error || socket.destroyed || this.#writing !== message) return;
      this.#writing = undefined;
      clearTimeout(message.timer);
      settling.add(message);
      this.#writeNext();
    });
  }

  /** Gives a message so long until it must be written. */
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
      // Part of it may be under way: whatever followed on this connection would be joined to it.
      this.#writing = undefined;
      this.#socket?.destroy(Object.assign(new Error("it takes nothing any more"), { code: "ETIMEDOUT" }));
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

/** Ends our side. @returns whether the other side then ended its own, which it does when it has read everything */
function endInOrder(socket: Socket): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      resolve(false);
    }, GOODBYE_MS);
    socket.once("close", (hadError) => {
      clearTimeout(timer);
      resolve(!hadError && socket.readableEnded);
    });
    socket.end();
  });
}
