import { EventEmitter } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { CommonEvent } from "../../src/events";

export interface ReceivedEvent {
  id: string;
  state: CommonEvent["state"];
  /** The time of arrival, in epoch milliseconds. */
  at: number;
}

/** An HTTP server outside of Node-RED's process that stores the events that a flow posts. */
export class EventSink extends EventEmitter<{ event: [ReceivedEvent] }> {
  readonly events: ReceivedEvent[] = [];
  readonly #server: Server;

  private constructor() {
    super();
    this.#server = createServer((request, response) => {
      let text = "";
      request.setEncoding("utf8").on("data", (part: string) => (text += part));
      request.on("end", () => {
        response.end();
        const { id, state } = JSON.parse(text) as CommonEvent;
        const event = { id, state, at: Date.now() };
        this.events.push(event);
        this.emit("event", event);
      });
    });
  }

  static async open(): Promise<EventSink> {
    const sink = new EventSink();
    await new Promise<void>((resolve) => sink.#server.listen(0, "127.0.0.1", resolve));
    return sink;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** The times of arrival by event id and part: its start or its end. */
  get arrivals(): Map<string, number[]> {
    const arrivals = new Map<string, number[]>();
    for (const event of this.events) {
      const part = partOf(event);
      arrivals.set(part, [...(arrivals.get(part) ?? []), event.at]);
    }
    return arrivals;
  }

  /** Waits until all these parts have arrived. @throws {Error} naming the missing ones after 60 s */
  async complete(parts: readonly string[]): Promise<void> {
    const missing = new Set(parts);
    const found = (event: ReceivedEvent): void => {
      missing.delete(partOf(event));
      // Backfill of an event that has ended is a single message.
      if (event.state === "pulse") missing.delete(`${event.id} ended`);
    };
    for (const event of this.events) found(event);
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(
          new Error(
            `${missing.size} of ${parts.length} did not arrive: ${[...missing].slice(0, 20).join(", ")}`,
          ),
        );
      }, 60_000);
      const take = (event: ReceivedEvent): void => {
        found(event);
        settle();
      };
      const settle = (): void => {
        if (missing.size > 0) return;
        clearTimeout(timer);
        this.off("event", take);
        resolve();
      };
      this.on("event", take);
      settle();
    });
  }

  /** Waits until no event arrives for this time. */
  async quiet(milliseconds: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const finish = (): void => {
        this.off("event", again);
        resolve();
      };
      let timer = setTimeout(finish, milliseconds);
      const again = (): void => {
        clearTimeout(timer);
        timer = setTimeout(finish, milliseconds);
      };
      this.on("event", again);
    });
  }
}

function partOf({ id, state }: Pick<ReceivedEvent, "id" | "state">): string {
  return state === "end" ? `${id} ended` : `${id} began`;
}
