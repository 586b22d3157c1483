import { EventEmitter, once } from "node:events";
import { Agent, WebSocket } from "undici";
import type { World } from "./world";

/** A status as the editor shows it below a node. */
export interface ShownStatus {
  text?: string;
  fill?: string;
  shape?: string;
}

/** An error as a Catch node hands it on. */
export interface CaughtError {
  message: string;
  code?: string;
  source: { id: string; type: string };
}

interface Heard {
  topic: string;
  data: unknown;
}
interface DebugLine {
  id: string;
  format: string;
  msg: string;
}

const PATIENCE_MS = 20_000;

/**
 * What the editor hears from Node-RED over its `/comms` socket: what debug nodes show, and each node's status. Nothing
 * is missed: messages wait until a test asks for them.
 */
export class Sidebar {
  readonly #heard = new EventEmitter<{ heard: [] }>().setMaxListeners(0);
  readonly #shown = new Map<string, unknown[]>();
  readonly #statuses = new Map<string, ShownStatus[]>();

  private constructor(
    private readonly world: World,
    private readonly socket: WebSocket,
  ) {
    socket.addEventListener("message", ({ data }) => {
      const said = JSON.parse(data as string) as Heard | Heard[];
      for (const each of [said].flat()) this.#hear(each);
      this.#heard.emit("heard");
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

  close(): void {
    this.socket.close();
  }

  #hear({ topic, data }: Heard): void {
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

  /** The next message that a debug node shows: of several such, the first that nobody has asked for yet. */
  async next<T = Record<string, unknown>>(
    debugId: string,
    wanted: (msg: T) => boolean = () => true,
  ): Promise<T> {
    const list = this.#listOf(this.#shown, debugId) as T[];
    return this.#until(`a message at ${debugId}`, () => {
      const index = list.findIndex(wanted);
      return index < 0 ? undefined : list.splice(index, 1)[0];
    });
  }

  /** The next error of a node that Catch nodes hand on to the debug node `errors`. */
  async errorOf(id: string): Promise<CaughtError> {
    const caught = await this.next<{ error: CaughtError }>("errors", ({ error }) => error.source.id === id);
    return caught.error;
  }

  /** Presses the button of the inject node `press-<id>`, which then sends a message with these properties. */
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
    if (!pressed.ok) throw new Error(`the button of ${id} cannot be pressed: ${pressed.status}`);
  }

  /** Presses the button before a node, and waits for what comes out behind it. */
  async ask<T = { payload: Record<string, unknown> }>(
    id: string,
    message: Record<string, unknown> = {},
  ): Promise<T> {
    await this.press(id, message);
    return this.next<T>(`out-${id}`);
  }

  /** The last status of a node. */
  statusOf(id: string): ShownStatus | undefined {
    return this.#statuses.get(id)?.at(-1);
  }

  /** Waits until the last status of a node is such a one. */
  async status(id: string, wanted: (status: ShownStatus) => boolean): Promise<ShownStatus> {
    return this.#until(`the status of ${id}`, () => {
      const status = this.statusOf(id);
      return status !== undefined && wanted(status) ? status : undefined;
    });
  }

  async #until<T>(what: string, found: () => T | undefined): Promise<T> {
    const patience = AbortSignal.timeout(PATIENCE_MS);
    for (;;) {
      const value = found();
      if (value !== undefined) return value;
      try {
        await once(this.#heard, "heard", { signal: patience });
      } catch {
        const statuses = [...this.#statuses].map(([id, list]) => `${id}: ${list.at(-1)?.text ?? "none"}`);
        throw new Error(
          `waited in vain for ${what}; statuses: ${statuses.join(", ")}\n${this.world.output().slice(-3000)}`,
        );
      }
    }
  }
}
