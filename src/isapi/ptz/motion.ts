import type { Clock } from "../../core/clock";
import { SurveillanceError, type ErrorCode } from "../../core/errors";
import { atMost, pause } from "../../core/pause";
import { Serial } from "../../core/serial";
import { mayHaveTakenEffect } from "../request/response";

/** The parts that start and stop independently of each other. */
export type Drive = "ptz" | "focus" | "iris";

export interface Motor {
  start(): Promise<unknown>;
  stop(): Promise<unknown>;
}

/** A program that moves cameras, for example a node. */
export interface PtzUser {
  /** Receives the error of a stop that runs in the background. */
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
/** Closing a node takes the sum of both, and must end within two seconds. */
const SETTLE_MS = 500;
const LAST_STOP_MS = 1000;

/** The motions of a device's channels, shared by all users: one user's stop must not end another's movement. */
export class PtzMotions {
  readonly #clock: Clock;
  readonly #motions = new Map<string, Motion>();

  /** @param device whose channels they are */
  constructor(device: { readonly clock: Clock }) {
    this.#clock = device.clock;
  }

  /** Returns the motion of a channel. @internal */
  of(channel: string): Motion {
    const motion = this.#motions.get(channel) ?? new Motion(this.#clock);
    this.#motions.set(channel, motion);
    return motion;
  }
}

/**
 * Starts the movements of a channel, and stops each one: after its time, when another movement replaces it, or when its
 * user leaves. Commands reach the device in order, so that no stop overtakes a start.
 */
export class Motion {
  readonly #clock: Clock;
  readonly #moving = new Map<Drive, Moving>();
  readonly #leaving = new WeakMap<PtzUser, Promise<void>>();
  readonly #commands = new Serial();

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
      // Stored before the request: a start that fails may still have taken effect, and needs a stop.
      const moving: Moving = { motor, user, cancelEnd: () => undefined };
      this.#moving.set(drive, moving);
      try {
        await motor.start();
      } catch (thrown) {
        if (before === undefined && !mayHaveTakenEffect(thrown)) this.#moving.delete(drive);
        else this.#haltInTurn(drive, moving);
        throw thrown;
      }
      moving.cancelEnd = this.#clock.after(milliseconds, () => {
        if (selfEnding) this.#forget(drive, moving);
        else this.#haltInTurn(drive, moving);
      });
    });
  }

  /** Stops all movements, and always the given drives: another program may have started them. */
  stop(user: PtzUser, motors: ReadonlyMap<Drive, Motor>): Promise<void> {
    return this.#inTurn(user, async () => {
      const failures: unknown[] = [];
      for (const [drive, motor] of new Map([...motors, ...this.#motors()])) {
        const moving = this.#moving.get(drive);
        const stop = moving === undefined ? motor.stop() : this.#halt(drive, moving);
        // One failure must not keep the others moving.
        await stop.catch((thrown: unknown) => failures.push(thrown));
      }
      if (failures.length > 0) throw failures[0];
    });
  }

  /** Sends a command that replaces a movement. Its planned stop is cancelled: it would end the new movement. */
  replace(user: PtzUser, drive: Drive, send: () => Promise<void>): Promise<void> {
    return this.#inTurn(user, async () => {
      await send();
      const moving = this.#moving.get(drive);
      if (moving !== undefined) this.#forget(drive, moving);
    });
  }

  /** Stops the user's movements, within 1.5 s, and refuses all further commands of the user. Never rejects. */
  leave(user: PtzUser): Promise<void> {
    const leaving = this.#leaving.get(user) ?? this.#stopAll(user);
    this.#leaving.set(user, leaving);
    return leaving;
  }

  async #stopAll(user: PtzUser): Promise<void> {
    await atMost(this.#commands.settled(), SETTLE_MS, this.#clock);
    const stops = [...this.#moving]
      .filter(([, moving]) => moving.user === user)
      .map(([drive, moving]) => this.#halt(drive, moving));
    await atMost(
      Promise.all(stops).catch((thrown: unknown) => {
        user.stopFailed(thrown);
      }),
      LAST_STOP_MS,
      this.#clock,
    );
  }

  #motors(): [Drive, Motor][] {
    return [...this.#moving].map(([drive, { motor }]) => [drive, motor]);
  }

  #inTurn<Result>(user: PtzUser, work: () => Promise<Result>): Promise<Result> {
    return this.#commands.run(() => {
      if (this.#leaving.has(user)) throw new SurveillanceError("CLOSED", "The PTZ control was closed.");
      return work();
    });
  }

  #forget(drive: Drive, moving: Moving): void {
    moving.cancelEnd();
    if (this.#moving.get(drive) === moving) this.#moving.delete(drive);
  }

  #haltInTurn(drive: Drive, moving: Moving): void {
    const { user } = moving;
    this.#inTurn(user, () => this.#halt(drive, moving)).catch((thrown: unknown) => {
      // Leaving stops the movement itself, and reports its own failure.
      if (!this.#leaving.has(user)) user.stopFailed(thrown);
    });
  }

  /** Retries: a camera that keeps turning is worse than an extra request. */
  async #halt(drive: Drive, moving: Moving): Promise<void> {
    moving.cancelEnd();
    for (let attempt = 1; this.#moving.get(drive) === moving; attempt += 1) {
      try {
        await moving.motor.stop();
        this.#forget(drive, moving);
      } catch (thrown) {
        if (attempt >= STOP_ATTEMPTS || isRefused(thrown)) throw thrown;
        await pause(STOP_PAUSE_MS, this.#clock);
      }
    }
  }
}

/** Tells whether the login failed: another attempt would fail, too, and prolong the lock of the account. */
function isRefused(thrown: unknown): boolean {
  return thrown instanceof SurveillanceError && REFUSED.has(thrown.code);
}
