import { EventEmitter, once } from "node:events";
import { Agent, WebSocket } from "undici";
import type { World } from "./world";

/** The status below a node in the editor. */
export interface ShownStatus {
  text?: string;
  fill?: string;
  shape?: string;
}

/** The error in a message of a Catch node. */
export interface CaughtError {
  message: string;
  code?: string;
  source: { id: string; type: string };
}

interface Notification {
  topic: string;
  data: unknown;
}
interface DebugLine {
  id: string;
  format: string;
  msg: string;
}

const TIMEOUT_MS = 20_000;

/**
 * Receives what Node-RED sends to the editor over its `/comms` socket: the messages of debug nodes, and the statuses. It
 * keeps every message until a test takes it.
 */
export class Sidebar {
  readonly #arrivals = new EventEmitter<{ arrival: [] }>().setMaxListeners(0);
  readonly #shown = new Map<string, unknown[]>();
  readonly #statuses = new Map<string, ShownStatus[]>();

  #received = "";

  private constructor(
    private readonly world: World,
    private readonly socket: WebSocket,
  ) {
    socket.addEventListener("message", ({ data }) => {
      this.#received += data as string;
      const received = JSON.parse(data as string) as Notification | Notification[];
      for (const each of [received].flat()) this.#store(each);
      this.#arrivals.emit("arrival");
    });
  }

  static async open(world: World): Promise<Sidebar> {
    const address = new URL(`${world.url.replace(/^http/, "ws")}/comms`);
    const dispatcher = new Agent({ connect: { rejectUnauthorized: false } });
    const socket = new WebSocket(address, { dispatcher });
    const sidebar = new Sidebar(world, socket);
    await once(socket, "open");
    for (const topic of ["debug", "status/#"]) socket.send(JSON.stringify({ subscribe: topic }));
    return sidebar;
  }

  /** Everything that Node-RED has sent so far, as text. */
  get received(): string {
    return this.#received;
  }

  close(): void {
    this.socket.close();
  }

  #store({ topic, data }: Notification): void {
    if (topic === "debug") {
      const { id, format, msg } = data as DebugLine;
      this.#listOf(this.#shown, id).push(format === "Object" ? (JSON.parse(msg) as unknown) : msg);
    } else if (topic.startsWith("status/")) {
      this.#listOf(this.#statuses, topic.slice("status/".length)).push(data as ShownStatus);
    }
  }

  #listOf<T>(lists: Map<string, T[]>, id: string): T[] {
    const list = lists.get(id) ?? [];
    lists.set(id, list);
    return list;
  }

  /** Takes the first message of a debug node that matches, or waits for one. */
  async next<T = Record<string, unknown>>(
    debugId: string,
    matches: (msg: T) => boolean = () => true,
  ): Promise<T> {
    const list = this.#listOf(this.#shown, debugId) as T[];
    return this.#until(`message at ${debugId}`, () => {
      const index = list.findIndex(matches);
      return index < 0 ? undefined : list.splice(index, 1)[0];
    });
  }

  /** Takes the next error of a node at the debug node `errors`, behind a Catch node. */
  async errorOf(id: string): Promise<CaughtError> {
    const caught = await this.next<{ error: CaughtError }>("errors", ({ error }) => error.source.id === id);
    return caught.error;
  }

  /** Presses the button of the inject node `press-<id>`, which sends a message with these properties. */
  async press(id: string, message: Record<string, unknown> = {}): Promise<void> {
    const properties = Object.entries(message).map(([p, value]) =>
      Buffer.isBuffer(value)
        ? { p, vt: "bin", v: JSON.stringify([...value]) }
        : { p, vt: "json", v: JSON.stringify(value) },
    );
    const pressed = await fetch(`${this.world.url}/inject/press-${id}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ __user_inject_props__: properties }),
    });
    if (!pressed.ok) throw new Error(`The button of ${id} cannot be pressed: ${pressed.status}`);
  }

  /** Presses the button before a node. @returns the next message behind the node */
  async trigger<T = { payload: Record<string, unknown> }>(
    id: string,
    message: Record<string, unknown> = {},
  ): Promise<T> {
    await this.press(id, message);
    return this.next<T>(`out-${id}`);
  }

  /** Returns the last status of a node. */
  statusOf(id: string): ShownStatus | undefined {
    return this.#statuses.get(id)?.at(-1);
  }

  /** Waits until the last status of a node matches. */
  async status(id: string, matches: (status: ShownStatus) => boolean): Promise<ShownStatus> {
    return this.#until(`matching status of ${id}`, () => {
      const status = this.statusOf(id);
      return status !== undefined && matches(status) ? status : undefined;
    });
  }

  async #until<T>(what: string, found: () => T | undefined): Promise<T> {
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    for (;;) {
      const value = found();
      if (value !== undefined) return value;
      try {
        await once(this.#arrivals, "arrival", { signal: timeout });
      } catch {
        const statuses = [...this.#statuses].map(([id, list]) => `${id}: ${list.at(-1)?.text ?? "none"}`);
        throw new Error(
          `No ${what} in ${TIMEOUT_MS / 1000} s. Statuses: ${statuses.join(", ")}\n${this.world.output().slice(-3000)}`,
        );
      }
    }
  }
}
