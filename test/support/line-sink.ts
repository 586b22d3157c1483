import { EventEmitter, once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { createInterface } from "node:readline";

const TIMEOUT_MS = 5000;

/** Receives the messages of a `tcp out` node, each as a line of JSON. */
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

  /** Takes the first message that matches, or waits for one. */
  async take(matches: (line: T) => boolean): Promise<T> {
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    for (;;) {
      const index = this.#lines.findIndex(matches);
      const [line] = index < 0 ? [] : this.#lines.splice(index, 1);
      if (line !== undefined) return line;
      await once(this.#changed, "line", { signal: timeout }).catch(() => {
        throw new Error("The message did not arrive.");
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
