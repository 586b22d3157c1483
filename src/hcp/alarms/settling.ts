import type { Socket } from "node:net";
import { unacknowledgedBytes } from "../../net/unacknowledged";

export interface SettlingOptions<Message> {
  /** The time for which the connection must stay up after a message is written. */
  settleMs: number;
  /** The longest time that the server's system may take to acknowledge. */
  timeoutMs: number;
  /** Called for each message that counts as sent, in order. */
  onSettled: (message: Message) => void;
  /** Called when the server no longer acknowledges anything. */
  onDead: () => void;
}

interface Written<Message> {
  message: Message;
  /** The position of its end, in bytes of the connection. */
  end: number;
  /** By `performance.now()`. */
  at: number;
}

/** The least pause between two checks: many messages a second must not cause as many checks. */
const MIN_PAUSE_MS = 50;
/** The most messages that are tracked at the same time, and their bytes. */
const MAX_MESSAGES = 50_000;
const MAX_BYTES = 16 * 1024 * 1024;

/**
 * Tracks the messages on one connection of a protocol without receipts, until they count as sent. A message counts as
 * sent when the connection has stayed up for some time after it. If the operating system reports acknowledgements, the
 * server's system must also have acknowledged it. Messages that are still tracked when the connection breaks are
 * uncertain: they may have arrived.
 */
export class Settling<Message extends { bytes: Buffer }> {
  readonly #socket: Socket;
  readonly #options: SettlingOptions<Message>;
  #messages: Written<Message>[] = [];
  #written = 0;
  #bytes = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(socket: Socket, options: SettlingOptions<Message>) {
    this.#socket = socket;
    this.#options = options;
  }

  /** Tells whether no more messages may be written for now. */
  get isFull(): boolean {
    return this.#messages.length >= MAX_MESSAGES || this.#bytes >= MAX_BYTES;
  }

  /** Tracks a message that the operating system has accepted for the connection. */
  add(message: Message): void {
    this.#written += message.bytes.length;
    this.#bytes += message.bytes.length;
    this.#messages.push({ message, end: this.#written, at: performance.now() });
    this.#lookLater();
  }

  /** Stops the tracking. Returns the messages that are uncertain. */
  end(): Message[] {
    clearTimeout(this.#timer);
    this.#bytes = 0;
    return this.#messages.splice(0).map(({ message }) => message);
  }

  #lookLater(): void {
    const [first] = this.#messages;
    if (this.#timer !== undefined || first === undefined) return;
    const wait = first.at + this.#options.settleMs - performance.now();
    this.#timer = setTimeout(() => void this.#look(), Math.max(MIN_PAUSE_MS, wait));
  }

  async #look(): Promise<void> {
    const written = this.#written;
    const checkedAt = performance.now();
    const unacknowledged = await unacknowledgedBytes(this.#socket);
    // A reset may have arrived while the process was busy. It is read before an immediate runs.
    await new Promise((resolve) => setImmediate(resolve));
    this.#timer = undefined;
    if (this.#socket.destroyed || this.#socket.readableEnded) return;
    this.#settle(written - (unacknowledged ?? 0), checkedAt - this.#options.settleMs);
    const [first] = this.#messages;
    const { timeoutMs, settleMs } = this.#options;
    // Compares the times of the checks, not how long a check took: a busy machine does not make a connection dead.
    if (first !== undefined && checkedAt - first.at > timeoutMs + settleMs) {
      this.#options.onDead();
    } else {
      this.#lookLater();
    }
  }

  #settle(acknowledged: number, writtenBefore: number): void {
    const firstUnsettled = this.#messages.findIndex(
      ({ end, at }) => end > acknowledged || at > writtenBefore,
    );
    const count = firstUnsettled < 0 ? this.#messages.length : firstUnsettled;
    for (const { message } of this.#messages.splice(0, count)) {
      this.#bytes -= message.bytes.length;
      this.#options.onSettled(message);
    }
  }
}
