import { backoff, type Rhythm } from "../../../core/backoff";
import type { Clock } from "../../../core/clock";
import { SurveillanceError } from "../../../core/errors";
import type { ServerClient } from "../server-client";
import { faultOf } from "../server-error";
import { surveillanceError } from "./pool-errors";

/** When servers are checked. Milliseconds. */
export interface CheckRhythm {
  /** Between the checks of a server that is ready and gets no work. */
  interval: number;
  /** Between the checks of a server that is not ready. */
  away: Rhythm;
  /** After the answer that its queue is full. */
  busy: number;
}

export const checkRhythm: CheckRhythm = {
  interval: 10_000,
  away: { first: 500, max: 30_000, jitter: [0.8, 1.2] },
  busy: 100,
};

export interface PooledServerOptions<Job, Value> {
  /** Requests at the same time. */
  inFlight: number;
  /** The longest time of a check, in milliseconds. */
  checkTimeout: number;
  clock: Clock;
  rhythm: CheckRhythm;
  /** Rejects a server that has passed its check: its model may differ from that of the others. */
  accept: (client: ServerClient<Job, Value>) => void;
  /** The server's state has changed, or a slot is free. */
  onChange: () => void;
}

/** The weight of the newest time in the moving average. */
const NEWEST = 0.2;

/**
 * One server of a pool: its slots, its speed, and its state. A failed request does not exclude a server: the check that
 * follows decides. If requests fail again although the checks pass, as on a server whose worker hangs, it rests longer
 * each time.
 */
export class PooledServer<Job, Value> {
  readonly client: ServerClient<Job, Value>;
  /** `checking`: at the start, and after a failed request. */
  state: "checking" | "ready" | "away" = "checking";
  /** The reason why it is not ready. */
  error: SurveillanceError | undefined;
  readonly #options: PooledServerOptions<Job, Value>;
  #running = 0;
  #average = 0;
  #resting = false;
  /** Failed checks since the last one that passed. */
  #failedChecks = 0;
  /** Failed requests since the last one that succeeded. */
  #faults = 0;
  #lastSuccess = -Infinity;
  #cancelTimer: () => void = () => undefined;
  #check: AbortController | undefined;
  #closed = false;

  constructor(client: ServerClient<Job, Value>, options: PooledServerOptions<Job, Value>) {
    this.client = client;
    this.#options = options;
    void this.#runCheck();
  }

  /** Whether it can take a request now. */
  get isFree(): boolean {
    return this.state === "ready" && !this.#resting && this.#running < this.#options.inFlight;
  }

  /** The moving average of its times, in milliseconds; 0 before the first one, so that it is measured. */
  get average(): number {
    return this.#average;
  }

  /**
   * Runs a job in one of its slots.
   *
   * @throws {SurveillanceError} see `faultOf`, or the reason of the signal
   */
  async run(job: Job, signal: AbortSignal): Promise<{ value: Value; milliseconds: number }> {
    const { clock } = this.#options;
    const started = clock.now();
    this.#running += 1;
    try {
      const value = await this.client.run(job, signal);
      const milliseconds = clock.now() - started;
      this.#measure(milliseconds);
      this.#faults = 0;
      this.#lastSuccess = clock.now();
      return { value, milliseconds };
    } catch (thrown) {
      const error = surveillanceError(thrown);
      const fault = faultOf(error);
      if (error.code === "TIMEOUT") this.#measure(clock.now() - started);
      if (fault === "busy") this.#rest();
      if (fault === "server") this.#suspect(error);
      throw error;
    } finally {
      this.#running -= 1;
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelTimer();
    this.#check?.abort(new SurveillanceError("CLOSED", "The inference servers were closed."));
    await this.client.close();
  }

  #measure(milliseconds: number): void {
    this.#average = this.#average === 0 ? milliseconds : this.#average * (1 - NEWEST) + milliseconds * NEWEST;
  }

  /** The server's queue is full, but the server is ready. */
  #rest(): void {
    if (this.#resting) return;
    this.#resting = true;
    this.#options.clock.after(this.#options.rhythm.busy, () => {
      this.#resting = false;
      if (!this.#closed) this.#options.onChange();
    });
  }

  /** A request has failed: checks at once, or after a rest if it is not the first one. */
  #suspect(error: SurveillanceError): void {
    if (this.#closed || this.state !== "ready") return;
    this.#faults += 1;
    this.error = error;
    if (this.#faults === 1) {
      this.state = "checking";
      this.#cancelTimer();
      void this.#runCheck();
    } else {
      this.state = "away";
      this.#checkAfter(backoff(this.#faults - 2, this.#options.rhythm.away));
    }
  }

  #checkAfter(milliseconds: number): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#options.clock.after(milliseconds, () => {
      void this.#runCheck();
    });
  }

  async #runCheck(): Promise<void> {
    const { clock, rhythm, checkTimeout, accept, onChange } = this.#options;
    if (this.state === "ready" && clock.now() - this.#lastSuccess < rhythm.interval) {
      this.#checkAfter(rhythm.interval);
      return;
    }
    this.#check?.abort(new SurveillanceError("CLOSED", "A newer check has started."));
    const check = new AbortController();
    this.#check = check;
    const cancel = clock.after(checkTimeout, () => {
      check.abort(
        new SurveillanceError("TIMEOUT", `The inference server ${this.client.url} did not answer a check.`, {
          advice: "Check the server, or increase the timeout.",
        }),
      );
    });
    let error: SurveillanceError | undefined;
    try {
      await this.client.check(check.signal);
      if (!check.signal.aborted) accept(this.client);
    } catch (thrown) {
      error = surveillanceError(thrown);
    }
    cancel();
    if (this.#closed || this.#check !== check) return;
    this.#check = undefined;
    this.#failedChecks = error === undefined ? 0 : this.#failedChecks + 1;
    this.state = error === undefined ? "ready" : "away";
    this.error = error;
    this.#checkAfter(error === undefined ? rhythm.interval : backoff(this.#failedChecks - 1, rhythm.away));
    onChange();
  }
}
