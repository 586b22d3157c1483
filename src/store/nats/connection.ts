import type { ConnectionOptions, NatsConnection } from "@nats-io/transport-node";
import { backoff } from "../../core/backoff";
import { steadyClock } from "../../core/clock";
import { withDeadline } from "../../core/deadline";
import { SurveillanceError } from "../../core/errors";
import { pause } from "../../core/pause";
import { loadNatsClient, type NatsClient } from "./client";
import type { NatsConnectionOptions } from "./connection-options";
import { natsError } from "./failure";

/** One connection, until it breaks. */
export interface Session {
  nc: NatsConnection;
  client: NatsClient;
}

export type LinkState =
  | { kind: "connecting" }
  | { kind: "connected" }
  | { kind: "retrying"; error: SurveillanceError; retryMs: number; failures: number };

/** The client notices a server that fell silent after two missed pings. */
const PING_MS = 20_000;
const CONNECT_MS = 10_000;
const rhythm = { first: 250, max: 5_000, jitter: [0.8, 1.2] } as const;
/** A rejected password is not repeated as fast: servers log every attempt. */
const AUTH_RETRY_MS = 15_000;

/**
 * Keeps a connection to NATS. The client's own reconnection is off: it hides why it fails, buffers what may be sent
 * twice, and gives up after a rejected password.
 */
export class NatsLink {
  readonly where: string;
  readonly #options: NatsConnectionOptions;
  readonly #closing = new AbortController();
  readonly #listeners = new Set<() => void>();
  #state: LinkState = { kind: "connecting" };
  #session: Session | undefined;
  readonly #running: Promise<void>;

  constructor(options: NatsConnectionOptions) {
    this.#options = options;
    this.where = `NATS at ${options.servers.join(", ")}`;
    this.#running = this.#run();
  }

  get state(): LinkState {
    return this.#state;
  }

  /** The session, while there is one. */
  get session(): Session | undefined {
    return this.#session;
  }

  /** Calls a function after every change of the state. Returns a function that ends this. */
  watch(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /**
   * Waits for a session.
   *
   * @throws {SurveillanceError} the reason why there is none: when the signal aborts
   */
  async connected(signal: AbortSignal): Promise<Session> {
    for (;;) {
      if (this.#isClosed()) throw closedError(this.where);
      if (this.#session !== undefined) return this.#session;
      if (signal.aborted) throw this.#absence();
      await new Promise<void>((resolve) => {
        const done = (): void => {
          unwatch();
          signal.removeEventListener("abort", done);
          resolve();
        };
        const unwatch = this.watch(done);
        signal.addEventListener("abort", done);
      });
    }
  }

  /** As `connected`, but fails when the first attempt fails, or after a time, milliseconds. */
  async firstAttempt(withinMs: number): Promise<Session> {
    const failed = new AbortController();
    const unwatch = this.watch(() => {
      if (this.#state.kind === "retrying") failed.abort();
    });
    try {
      if (this.#state.kind === "retrying") throw this.#state.error;
      return await withDeadline(withinMs, steadyClock, failed.signal, (signal) => this.connected(signal));
    } finally {
      unwatch();
    }
  }

  /** Closes the connection within 2 s. What was published before is sent first. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#changed();
    const nc = this.#session?.nc;
    if (nc !== undefined) {
      await Promise.race([nc.flush().catch(() => undefined), pause(1_000, steadyClock)]);
      await Promise.race([nc.close().catch(() => undefined), pause(500, steadyClock)]);
    }
    await Promise.race([this.#running, pause(500, steadyClock)]);
  }

  #isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  #absence(): SurveillanceError {
    if (this.#state.kind === "retrying") return this.#state.error;
    return new SurveillanceError("TIMEOUT", `${this.where}: the connection is not open yet.`);
  }

  #set(state: LinkState): void {
    this.#state = state;
    this.#changed();
  }

  #changed(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    let failures = 0;
    while (!this.#isClosed()) {
      let error: SurveillanceError;
      try {
        const client = await loadNatsClient();
        const nc = await client.transport.connect(connectOptions(this.#options, client));
        if (this.#isClosed()) {
          await nc.close();
          return;
        }
        failures = 0;
        this.#session = { nc, client };
        this.#set({ kind: "connected" });
        const reason = await nc.closed();
        error = natsError(
          reason instanceof Error
            ? reason
            : new SurveillanceError("CONNECTION_LOST", `${this.where}: the connection broke.`),
          this.where,
        );
      } catch (thrown) {
        error = natsError(thrown, this.where);
      }
      this.#session = undefined;
      if (this.#isClosed()) return;
      const rejected = error.code === "NATS_AUTH" && failures > 0;
      const retryMs = rejected ? AUTH_RETRY_MS : backoff(failures, rhythm);
      failures += 1;
      this.#set({ kind: "retrying", error, retryMs, failures });
      await pause(retryMs, steadyClock, signal);
    }
  }
}

export function closedError(where: string): SurveillanceError {
  return new SurveillanceError("CLOSED", `${where}: the store was closed.`);
}

/** Returns the options of the client. */
function connectOptions(options: NatsConnectionOptions, { transport }: NatsClient): ConnectionOptions {
  const { servers, username, password, token, nkey, credentials, tls } = options;
  const secure = tls !== undefined || servers.some((server) => server.startsWith("tls://"));
  const text = new TextEncoder();
  return {
    servers: [...servers],
    name: "node-red-surveillance",
    reconnect: false,
    timeout: CONNECT_MS,
    pingInterval: PING_MS,
    maxPingOut: 2,
    // Stacks of every request cost more than the request.
    noAsyncTraces: true,
    ...(credentials !== undefined && {
      authenticator: transport.credsAuthenticator(text.encode(credentials)),
    }),
    ...(nkey !== undefined && { authenticator: transport.nkeyAuthenticator(text.encode(nkey.trim())) }),
    ...(username !== undefined && { user: username, pass: password ?? "" }),
    ...(token !== undefined && { token }),
    // The client passes further options of TLS on, and its types name only some of them.
    ...(secure && { tls: { ...tls } as NonNullable<ConnectionOptions["tls"]> }),
  };
}

const shared = new Map<string, { link: NatsLink; users: number }>();

/** The use of a shared connection. */
export interface Lease {
  link: NatsLink;
  release: () => Promise<void>;
}

/** Opens a connection, or shares the open one with the same options. */
export function leaseLink(options: NatsConnectionOptions): Lease {
  const key = JSON.stringify({ ...options, domains: undefined });
  const entry = shared.get(key) ?? { link: new NatsLink(options), users: 0 };
  shared.set(key, entry);
  entry.users += 1;
  let released = false;
  return {
    link: entry.link,
    release: async () => {
      if (released) return;
      released = true;
      entry.users -= 1;
      if (entry.users > 0) return;
      shared.delete(key);
      await entry.link.close();
    },
  };
}
