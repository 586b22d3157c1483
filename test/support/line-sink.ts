import { EventEmitter, once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { createInterface } from "node:readline";

const PATIENCE_MS = 5000;

/** Takes what a `tcp out` node of a flow sends: a line of JSON for each message. */
export class LineSink<T> {
  readonly #lines: T[] = [];
  readonly #changed = new EventEmitter<{ line: [] }>();
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer((socket) => {
    this.#sockets.add(socket);
    socket.on("error", () => undefined);
    createInterface(socket).on("line", (line) => {
      this.#lines.push(JSON.parse(line) as T);
      this.#changed.emit("line");
    });
  });

  static async start<T>(): Promise<LineSink<T>> {
    const sink = new LineSink<T>();
    sink.#server.listen(0, "127.0.0.1");
    await once(sink.#server, "listening");
    return sink;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Waits for a message of this kind, which may have come already, and takes it out. */
  async take(wanted: (line: T) => boolean): Promise<T> {
    const patience = AbortSignal.timeout(PATIENCE_MS);
    for (;;) {
      const index = this.#lines.findIndex(wanted);
      const [line] = index < 0 ? [] : this.#lines.splice(index, 1);
      if (line !== undefined) return line;
      await once(this.#changed, "line", { signal: patience }).catch(() => {
        throw new Error("the message has not come out of the flow");
      });
    }
  }

  async close(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}
