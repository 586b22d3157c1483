import type { Socket } from "node:net";
import { unacknowledgedBytes } from "../../net/unacknowledged";

export interface SettlingOptions<Message> {
  /** How long a connection has to stay up after a message was written. */
  settleMs: number;
  /** How long the other side's system may take to acknowledge. */
  timeoutMs: number;
  /** Told of each message that was taken and kept, in order. */
  onSettled: (message: Message) => void;
  /** Told when the other side acknowledges nothing any more. */
  onDead: () => void;
}

interface Written<Message> {
  message: Message;
  /** Where it ends, in bytes of the connection. */
  end: number;
  /** By `performance.now()`. */
  at: number;
}

/** Between two looks: many messages a second must not make as many looks. */
const MIN_PAUSE_MS = 50;
/** Messages that are looked after at once, and their bytes. */
const MAX_MESSAGES = 50_000;
const MAX_BYTES = 16 * 1024 * 1024;

/**
 * The messages that were written to one connection of a protocol without receipts, until they count as sent: the connection
 * has stayed up for some time after the message, and, where the system tells, the other side's system has
 * acknowledged it. What is still here when the connection breaks may have arrived, or not.
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

  /** Whether no more may be written for now. */
  get isFull(): boolean {
    return this.#messages.length >= MAX_MESSAGES || this.#bytes >= MAX_BYTES;
  }

  /** Takes a message that the operating system has taken for the connection. */
  add(message: Message): void {
    this.#written += message.bytes.length;
    this.#bytes += message.bytes.length;
    this.#messages.push({ message, end: this.#written, at: performance.now() });
    this.#lookLater();
  }

  /** Ends looking after the messages. @returns those that are uncertain */
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
    const lookedAt = performance.now();
    const unacknowledged = await unacknowledgedBytes(this.#socket);
    // A reset may have come while the process was busy: it is read before what an immediate does.
    await new Promise((resolve) => setImmediate(resolve));
    this.#timer = undefined;
    if (this.#socket.destroyed || this.#socket.readableEnded) return;
    this.#settle(written - (unacknowledged ?? 0), lookedAt - this.#options.settleMs);
    const [first] = this.#messages;
    const { timeoutMs, settleMs } = this.#options;
    // By when it was looked, not by how long looking took: a busy machine does not make a connection dead.
    if (first !== undefined && lookedAt - first.at > timeoutMs + settleMs) {
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
