import { steadyClock } from "../../../core/clock";
import type { SurveillanceError } from "../../../core/errors";
import type { ServerClient } from "../server-client";
import { faultOf } from "../server-error";
import type { Answer, InferOptions, ServersState } from "../types";
import { closedError, noneFree, queueFull, silent, surveillanceError, unavailable } from "./pool-errors";
import type { PoolOptions } from "./pool-options";
import { checkRhythm, PooledServer } from "./pooled-server";
import type { Task } from "./task";
import { WaitingTasks } from "./waiting-tasks";

/** The jobs of one camera that wait. The queue before the pool drops or refuses more. */
const WAITING_PER_LANE = 16;

/**
 * Several servers with the same model. The fastest free one gets the next job, and the cameras are served in turn. If a
 * server fails, or is silent for half of the remaining time, another one gets the job too: once, and within its time.
 */
export class ServerPool<Job, Value> {
  readonly #options: PoolOptions<Job, Value>;
  readonly #clock;
  readonly #servers: PooledServer<Job, Value>[];
  readonly #waiting = new WaitingTasks<Task<Job, Value>>(WAITING_PER_LANE);
  readonly #repeats = new Set<Task<Job, Value>>();
  readonly #tasks = new Set<Task<Job, Value>>();
  readonly #listeners = new Set<() => void>();
  #reported = "";
  #closed = false;

  constructor(clients: readonly ServerClient<Job, Value>[], options: PoolOptions<Job, Value>) {
    this.#options = options;
    this.#clock = options.clock ?? steadyClock;
    this.#servers = clients.map(
      (client) =>
        new PooledServer(client, {
          inFlight: options.inFlight,
          checkTimeout: options.timeout,
          clock: this.#clock,
          rhythm: options.rhythm ?? checkRhythm,
          accept: (own) =>
            options.accept?.(
              own,
              this.ready.filter((other) => other !== own),
            ),
          onChange: () => {
            this.#changed();
          },
        }),
    );
    this.#report();
  }

  /** The number of requests that all servers together get at the same time. */
  get slots(): number {
    return this.#servers.length * this.#options.inFlight;
  }

  /** The clients of the servers that are ready. */
  get ready(): ServerClient<Job, Value>[] {
    return this.#servers.filter(({ state }) => state === "ready").map(({ client }) => client);
  }

  get state(): ServersState {
    return {
      ready: this.ready.length,
      servers: this.#servers.length,
      checking: this.#servers.some(({ state }) => state === "checking"),
      errors: this.#servers.flatMap(({ state, error }) =>
        state === "ready" || error === undefined ? [] : [error],
      ),
    };
  }

  /**
   * Waits for the first ready server.
   *
   * @throws {SurveillanceError} CLOSED; see `unavailable`, also after the time of one job
   */
  async whenReady(): Promise<ServerClient<Job, Value>> {
    return new Promise((resolve, reject) => {
      const settle = (outcome: () => void): void => {
        this.#listeners.delete(look);
        cancel();
        outcome();
      };
      const fail = (): void => {
        settle(() => {
          reject(this.#closed ? closedError() : unavailable(this.state.errors));
        });
      };
      const look = (): void => {
        const [client] = this.ready;
        if (this.#closed || (client === undefined && !this.state.checking)) fail();
        else if (client !== undefined)
          settle(() => {
            resolve(client);
          });
      };
      const cancel = this.#clock.after(this.#options.timeout, fail);
      this.#listeners.add(look);
      look();
    });
  }

  /**
   * Runs a job on the fastest free server.
   *
   * @throws {SurveillanceError} QUEUE_FULL, TIMEOUT, CLOSED, the error of the server; see `unavailable`
   */
  async run(job: Job, { lane = "", signal }: InferOptions = {}): Promise<Answer<Value>> {
    if (this.#closed || signal?.aborted === true) throw closedError();
    if (this.#isLost) throw unavailable(this.state.errors);
    return new Promise((resolve, reject) => {
      const { timeout } = this.#options;
      const task: Task<Job, Value> = {
        job,
        lane,
        deadline: this.#clock.now() + timeout,
        tried: [],
        attempts: new Map(),
        repeated: false,
        error: undefined,
        over: false,
        cleanup: [],
        resolve,
        reject,
      };
      if (!this.#waiting.add(lane, task)) {
        reject(queueFull(WAITING_PER_LANE));
        return;
      }
      this.#tasks.add(task);
      task.cleanup.push(
        this.#clock.after(timeout, () => {
          const late = this.#timeoutOf(task);
          this.#fail(task, task.error ?? late, late);
        }),
      );
      const abort = (): void => {
        this.#fail(task, closedError());
      };
      signal?.addEventListener("abort", abort);
      task.cleanup.push(() => signal?.removeEventListener("abort", abort));
      this.#dispatch();
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const task of [...this.#tasks]) this.#fail(task, closedError());
    for (const listener of [...this.#listeners]) listener();
    await Promise.all(this.#servers.map((server) => server.close()));
  }

  /** No server is ready, and none is being checked. */
  get #isLost(): boolean {
    return this.#servers.every(({ state }) => state === "away");
  }

  #changed(): void {
    this.#report();
    for (const listener of [...this.#listeners]) listener();
    if (this.#isLost) {
      const error = unavailable(this.state.errors);
      for (const task of [...this.#tasks]) if (task.attempts.size === 0) this.#fail(task, error);
    }
    this.#dispatch();
  }

  /** Reports the state if it differs from the last one. */
  #report(): void {
    const { state } = this;
    const key = JSON.stringify([state.ready, state.checking, state.errors.map(({ message }) => message)]);
    if (key === this.#reported) return;
    this.#reported = key;
    this.#options.watcher?.(state);
  }

  #dispatch(): void {
    if (this.#closed) return;
    for (const task of [...this.#repeats]) {
      const server = this.#serverFor(task);
      if (server !== undefined) {
        this.#repeats.delete(task);
        this.#start(task, server);
      }
    }
    for (let server = fastest(this.#free); server !== undefined; server = fastest(this.#free)) {
      const task = this.#waiting.take();
      if (task === undefined) return;
      this.#start(task, server);
    }
  }

  get #free(): PooledServer<Job, Value>[] {
    return this.#servers.filter(({ isFree }) => isFree);
  }

  /** Returns the server for a repetition: another one, or the same if there is no other. */
  #serverFor({ tried, attempts }: Task<Job, Value>): PooledServer<Job, Value> | undefined {
    const other = this.#free.filter((server) => !tried.includes(server));
    const hasOther = this.#servers.some((server) => server.state === "ready" && !tried.includes(server));
    return fastest(
      other.length > 0 || hasOther ? other : this.#free.filter((server) => !attempts.has(server)),
    );
  }

  #start(task: Task<Job, Value>, server: PooledServer<Job, Value>): void {
    const cancellation = new AbortController();
    task.tried.push(server);
    task.attempts.set(server, cancellation);
    const isFirst = task.tried.length === 1;
    if (isFirst && this.#servers.length > 1) {
      const half = (task.deadline - this.#clock.now()) / 2;
      task.cleanup.push(
        this.#clock.after(half, () => {
          this.#repeat(task);
        }),
      );
    }
    server.run(task.job, cancellation.signal).then(
      ({ value, milliseconds }) => {
        task.attempts.delete(server);
        const late = this.#timeoutOf(task);
        // The first server was silent for too long if the repetition is faster.
        const reasonFor = (other: PooledServer<Job, Value>): SurveillanceError =>
          other === task.tried[0] ? late : closedError();
        this.#settle(task, reasonFor, () => {
          task.resolve({ value, server: server.client.url, milliseconds });
        });
        this.#changed();
      },
      (thrown: unknown) => {
        task.attempts.delete(server);
        this.#failed(task, surveillanceError(thrown));
        this.#changed();
      },
    );
  }

  /** Gives the job to another server too, if that was not done before. */
  #repeat(task: Task<Job, Value>): void {
    if (task.over || task.repeated) return;
    task.repeated = true;
    this.#repeats.add(task);
    this.#dispatch();
  }

  #failed(task: Task<Job, Value>, error: SurveillanceError): void {
    if (task.over) return;
    task.error = error;
    if (faultOf(error) === "request") this.#fail(task, error);
    else if (!task.repeated) this.#repeat(task);
    else if (task.attempts.size === 0 && !this.#repeats.has(task)) this.#fail(task, error);
  }

  /** @param reason why its attempts are cancelled */
  #fail(task: Task<Job, Value>, error: SurveillanceError, reason = closedError()): void {
    this.#settle(
      task,
      () => reason,
      () => {
        task.reject(error);
      },
    );
  }

  /** Ends a task, and cancels its other attempts. */
  #settle(
    task: Task<Job, Value>,
    reasonFor: (server: PooledServer<Job, Value>) => SurveillanceError,
    outcome: () => void,
  ): void {
    if (task.over) return;
    task.over = true;
    this.#tasks.delete(task);
    this.#repeats.delete(task);
    this.#waiting.remove(task.lane, task);
    for (const clean of task.cleanup) clean();
    outcome();
    for (const [server, cancellation] of task.attempts) cancellation.abort(reasonFor(server));
  }

  #timeoutOf({ attempts }: Task<Job, Value>): SurveillanceError {
    const [server] = attempts.keys();
    return server === undefined ? noneFree(this.#options.timeout) : silent(server.client.url);
  }
}

function fastest<Server extends { average: number }>(servers: readonly Server[]): Server | undefined {
  return servers.reduce<Server | undefined>(
    (best, server) => (best === undefined || server.average < best.average ? server : best),
    undefined,
  );
}
