import type { Clock } from "../../core/clock";
import { SurveillanceError, type ErrorCode } from "../../core/errors";
import { mayHaveDone } from "../answer";

/** What moves on its own, and so is stopped on its own. */
export type Drive = "ptz" | "focus" | "iris";

export interface Motor {
  start(): Promise<unknown>;
  stop(): Promise<unknown>;
}

/** Somebody who moves a camera, and hears of a stop that did not get through although nobody waits for it. */
export interface PtzUser {
  stopFailed(thrown: unknown): void;
}

interface Moving {
  motor: Motor;
  user: PtzUser;
  cancelEnd: () => void;
}

const STOP_ATTEMPTS = 3;
const STOP_PAUSE_MS = 300;
const REFUSED: ReadonlySet<ErrorCode> = new Set(["ISAPI_AUTH", "ISAPI_LOCKED", "ISAPI_AUTH_SCHEME"]);
/** Node-RED's close takes both, and has to be through within two seconds. */
const ANSWER_PATIENCE_MS = 500;
const LAST_STOP_MS = 1000;

/** The motions of a device's channels, shared by all who move them: one's stop must not break off another's movement. */
export class PtzMotions {
  readonly #clock: Clock;
  readonly #motions = new Map<string, Motion>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @internal */
  of(channel: string): Motion {
    const motion = this.#motions.get(channel) ?? new Motion(this.#clock);
    this.#motions.set(channel, motion);
    return motion;
  }
}

/**
 * Sees to it that what is started on a channel is stopped: after its time, when it is replaced, and when its user leaves.
 * Commands reach the device in the order they were given, so that no stop overtakes a start.
 */
export class Motion {
  readonly #clock: Clock;
  readonly #moving = new Map<Drive, Moving>();
  readonly #leaving = new WeakMap<PtzUser, Promise<void>>();
  #tail: Promise<unknown> = Promise.resolve();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Starts a drive and stops it after a time.
   *
   * @param selfEnding the device itself ends the movement after that time
   */
  start(user: PtzUser, drive: Drive, motor: Motor, milliseconds: number, selfEnding = false): Promise<void> {
    return this.#inTurn(user, async () => {
      const before = this.#moving.get(drive);
      before?.cancelEnd();
      // Noted before it is sent: whatever becomes of the request, a stop is owed.
      const moving: Moving = { motor, user, cancelEnd: () => undefined };
      this.#moving.set(drive, moving);
      try {
        await motor.start();
      } catch (thrown) {
        if (before === undefined && !mayHaveDone(thrown)) this.#moving.delete(drive);
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
  stop(user: PtzUser, motors: ReadonlyMap<Drive, Motor>): Promise<void> {
    return this.#inTurn(user, async () => {
      const failures: unknown[] = [];
      for (const [drive, motor] of new Map([...motors, ...this.#motors()])) {
        const moving = this.#moving.get(drive);
        const stop = moving === undefined ? motor.stop() : this.#halt(drive, moving);
        // One that fails does not keep the others moving.
        await stop.catch((thrown: unknown) => failures.push(thrown));
      }
      if (failures.length > 0) throw failures[0];
    });
  }

  /** Sends what ends a movement by replacing it: the stop that was to come would break off the new one. */
  replace<Answer>(user: PtzUser, drive: Drive, send: () => Promise<Answer>): Promise<Answer> {
    return this.#inTurn(user, async () => {
      const answer = await send();
      const moving = this.#moving.get(drive);
      if (moving !== undefined) this.#forget(drive, moving);
      return answer;
    });
  }

  /** Stops what the user has moved, within 1.5 s; the user's further commands are refused. Never rejects. */
  leave(user: PtzUser): Promise<void> {
    const leaving = this.#leaving.get(user) ?? this.#stopAll(user);
    this.#leaving.set(user, leaving);
    return leaving;
  }

  async #stopAll(user: PtzUser): Promise<void> {
    await this.#atMost(this.#tail, ANSWER_PATIENCE_MS);
    const stops = [...this.#moving]
      .filter(([, moving]) => moving.user === user)
      .map(([drive, moving]) => this.#halt(drive, moving));
    await this.#atMost(
      Promise.all(stops).catch((thrown: unknown) => {
        user.stopFailed(thrown);
      }),
      LAST_STOP_MS,
    );
  }

  #motors(): [Drive, Motor][] {
    return [...this.#moving].map(([drive, { motor }]) => [drive, motor]);
  }

  #inTurn<Result>(user: PtzUser, work: () => Promise<Result>): Promise<Result> {
    const turn = this.#tail.then(() => {
      if (this.#leaving.has(user)) throw new SurveillanceError("CLOSED", "The PTZ control was closed.");
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
    const { user } = moving;
    this.#inTurn(user, () => this.#halt(drive, moving)).catch((thrown: unknown) => {
      // Leaving stops it itself.
      if (!this.#leaving.has(user)) user.stopFailed(thrown);
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
        if (attempt >= STOP_ATTEMPTS || isRefused(thrown)) throw thrown;
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

/** Another attempt would be refused, too, and only lengthen the account's lock. */
function isRefused(thrown: unknown): boolean {
  return thrown instanceof SurveillanceError && REFUSED.has(thrown.code);
}
