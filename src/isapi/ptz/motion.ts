import type { Clock } from "../../clock";
import { SurveillanceError, type ErrorCode } from "../../errors";

/** What moves on its own, and so is stopped on its own. */
export type Drive = "ptz" | "focus" | "iris";

export interface Motor {
  start(): Promise<unknown>;
  stop(): Promise<unknown>;
}

interface Moving {
  motor: Motor;
  cancelEnd: () => void;
}

/** After these, nobody knows whether the device does what it was told. */
const UNCERTAIN: ReadonlySet<ErrorCode> = new Set(["TIMEOUT", "CONNECTION_LOST", "CLOSED"]);
const STOP_ATTEMPTS = 3;
const STOP_PAUSE_MS = 300;
/** Node-RED's close takes both, and has to be through within two seconds. */
const ANSWER_PATIENCE_MS = 500;
const LAST_STOP_MS = 1000;

/**
 * Sees to it that what one channel starts, it stops: after its time, when it is replaced, and when everything ends.
 * Commands reach the device in the order they were given, so that no stop overtakes a start.
 */
export class Motion {
  readonly #clock: Clock;
  readonly #stopFailed: (thrown: unknown) => void;
  readonly #moving = new Map<Drive, Moving>();
  #tail: Promise<unknown> = Promise.resolve();
  #closing: Promise<void> | undefined;

  /** @param stopFailed hears of a stop that did not get through although nobody waits for it */
  constructor(clock: Clock, stopFailed: (thrown: unknown) => void) {
    this.#clock = clock;
    this.#stopFailed = stopFailed;
  }

  /**
   * Starts a drive and stops it after a time.
   *
   * @param selfEnding the device itself ends the movement after that time
   */
  start(drive: Drive, motor: Motor, milliseconds: number, selfEnding = false): Promise<void> {
    return this.#inTurn(async () => {
      const before = this.#moving.get(drive);
      before?.cancelEnd();
      // Noted before it is sent: whatever becomes of the request, a stop is owed.
      const moving: Moving = { motor, cancelEnd: () => undefined };
      this.#moving.set(drive, moving);
      try {
        await motor.start();
      } catch (thrown) {
        if (before === undefined && !mayHaveBegun(thrown)) this.#moving.delete(drive);
        else this.#haltInTurn(drive, moving);
        throw thrown;
      }
      moving.cancelEnd = this.#clock.after(milliseconds, () => {
        if (selfEnding) this.#forget(drive, moving);
        else this.#haltInTurn(drive, moving);
      });
    });
  }

  /** Stops what is moving, and the named drives whether they move or not: somebody else may have started them. */
  stop(motors: ReadonlyMap<Drive, Motor>): Promise<void> {
    return this.#inTurn(async () => {
      for (const [drive, motor] of new Map([...motors, ...this.#motors()])) {
        const moving = this.#moving.get(drive);
        if (moving === undefined) await motor.stop();
        else await this.#halt(drive, moving);
      }
    });
  }

  /** Sends what ends a movement by replacing it: the stop that was to come would break off the new one. */
  replace<Answer>(drive: Drive, send: () => Promise<Answer>): Promise<Answer> {
    return this.#inTurn(async () => {
      const answer = await send();
      const moving = this.#moving.get(drive);
      if (moving !== undefined) this.#forget(drive, moving);
      return answer;
    });
  }

  /** Stops whatever moves, within 1.5 s; further commands are refused. Never rejects. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#atMost(this.#tail, ANSWER_PATIENCE_MS);
    const stops = [...this.#moving].map(([drive, moving]) => this.#halt(drive, moving));
    await this.#atMost(
      Promise.all(stops).catch((thrown: unknown) => {
        this.#stopFailed(thrown);
      }),
      LAST_STOP_MS,
    );
  }

  #motors(): [Drive, Motor][] {
    return [...this.#moving].map(([drive, { motor }]) => [drive, motor]);
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#tail.then(() => {
      if (this.#closing !== undefined) throw new SurveillanceError("CLOSED", "The PTZ control was closed.");
      return work();
    });
    this.#tail = turn.catch(() => undefined);
    return turn;
  }

  #forget(drive: Drive, moving: Moving): void {
    moving.cancelEnd();
    if (this.#moving.get(drive) === moving) this.#moving.delete(drive);
  }

  #haltInTurn(drive: Drive, moving: Moving): void {
    this.#inTurn(() => this.#halt(drive, moving)).catch((thrown: unknown) => {
      // Closing stops it itself.
      if (this.#closing === undefined) this.#stopFailed(thrown);
    });
  }

  /** A camera that goes on turning is worse than a request too many. */
  async #halt(drive: Drive, moving: Moving): Promise<void> {
    moving.cancelEnd();
    for (let attempt = 1; this.#moving.get(drive) === moving; attempt += 1) {
      try {
        await moving.motor.stop();
        this.#forget(drive, moving);
      } catch (thrown) {
        if (attempt >= STOP_ATTEMPTS) throw thrown;
        await this.#pause(STOP_PAUSE_MS);
      }
    }
  }

  async #atMost(work: Promise<unknown>, milliseconds: number): Promise<void> {
    let cancel = (): void => undefined;
    const timeout = new Promise<void>((resolve) => {
      cancel = this.#clock.after(milliseconds, resolve);
    });
    await Promise.race([work, timeout]);
    cancel();
  }

  #pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      this.#clock.after(milliseconds, resolve);
    });
  }
}

function mayHaveBegun(thrown: unknown): boolean {
  return !(thrown instanceof SurveillanceError) || UNCERTAIN.has(thrown.code);
}
