import { createSocket, type Socket } from "node:dgram";
import { EventEmitter, once } from "node:events";

/** What the flow reports of a node. */
export interface Report {
  kind: "out" | "error" | "status" | "started";
  id: string;
  /** Milliseconds of the monotonic clock. */
  at: number;
  /** The mark of the message that the node worked on. */
  mark?: string;
  text?: string;
  code?: string;
  fill?: string;
}

/** Receives the reports of the flow, and sends messages to its nodes. It outlives Node-RED. */
export class Reports {
  readonly all: Report[] = [];
  readonly #arrivals = new EventEmitter<{ report: [] }>().setMaxListeners(0);
  readonly #socket: Socket;

  private constructor(
    readonly stimuli: number,
    private readonly ends: AbortSignal,
  ) {
    this.#socket = createSocket({ type: "udp4", recvBufferSize: 4 * 1024 * 1024 });
    ends.addEventListener("abort", () => this.#arrivals.emit("report"));
    this.#socket.on("message", (bytes) => {
      this.all.push({ ...(JSON.parse(bytes.toString()) as Report), at: performance.now() });
      this.#arrivals.emit("report");
    });
  }

  /**
   * @param stimuli the port at which the flow receives messages
   * @param ends ends all waiting
   */
  static async open(stimuli: number, ends = new AbortController().signal): Promise<Reports> {
    const reports = new Reports(stimuli, ends);
    reports.#socket.bind(0, "127.0.0.1");
    await once(reports.#socket, "listening");
    return reports;
  }

  get port(): number {
    return this.#socket.address().port;
  }

  close(): void {
    this.#socket.close();
  }

  /** Sends a message to a node of the flow. */
  send(to: string, msg: Record<string, unknown>): void {
    const text = JSON.stringify({ to, msg }, (_, value: unknown) => {
      const { type, data } = (value ?? {}) as { type?: string; data?: number[] };
      return type === "Buffer" && data !== undefined
        ? { $base64: Buffer.from(data).toString("base64") }
        : value;
    });
    this.#socket.send(text, this.stimuli, "127.0.0.1");
  }

  /** The reports of a node since a time. */
  of(id: string, since: number): Report[] {
    return this.all.filter((report) => report.id === id && report.at >= since);
  }

  /**
   * Waits until a report arrives after which the function returns true, or until the time is over.
   *
   * @throws {unknown} the reason to end all waiting
   */
  async until(done: () => boolean, milliseconds: number): Promise<boolean> {
    const signal = AbortSignal.timeout(milliseconds);
    for (;;) {
      this.ends.throwIfAborted();
      if (done()) return true;
      try {
        await once(this.#arrivals, "report", { signal });
      } catch {
        return done();
      }
    }
  }
}
