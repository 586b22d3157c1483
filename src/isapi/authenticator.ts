import { randomBytes } from "node:crypto";
import type { Clock } from "../clock";
import { SurveillanceError } from "../errors";
import {
  basicHeader,
  chooseDigest,
  digestHeader,
  isStale,
  parseChallenges,
  type Challenge,
  type DigestCredentials,
} from "./digest";

/** `auto` takes Digest where it is offered, and Basic only over TLS, where nobody else reads the password. */
export type AuthMode = "auto" | "digest" | "basic";

/** Devices lock an account for 30 minutes, and every further attempt starts the time anew. */
const LOCK_MS = 30 * 60_000;
const LOCK_MARGIN_MS = 60_000;

export interface AuthenticatorOptions extends DigestCredentials {
  mode: AuthMode;
  secure: boolean;
  /** The device, as messages name it. */
  where: string;
  clock: Clock;
}

export interface Turn {
  alone: boolean;
  leave(): void;
}

interface Session {
  challenge: Challenge | "basic";
  count: number;
}

/**
 * What is known of a device's authentication: the nonce in use and how often it was used, whether the password was
 * ever accepted, and until when nothing may be sent because it was refused.
 */
export class Authenticator {
  readonly #options: AuthenticatorOptions;
  #session: Session | undefined;
  #proven = false;
  #heldUntil = 0;
  #turn: Promise<void> = Promise.resolve();

  constructor(options: AuthenticatorOptions) {
    this.#options = options;
  }

  /** Milliseconds since 1970 until which the password is not tried again; undefined: it may be tried. */
  get heldUntil(): number | undefined {
    return this.#heldUntil > this.#options.clock.now() ? this.#heldUntil : undefined;
  }

  /**
   * Waits for the right to send. As long as the password is not proven, one request at a time may try it: several at
   * once would each spend an attempt.
   *
   * @returns the right: `alone` while the password is not proven; `leave` gives it back and must be called
   * @throws {SurveillanceError} ISAPI_LOCKED
   */
  async enter(): Promise<Turn> {
    this.#assertNotHeld();
    if (this.#proven) return { alone: false, leave: () => undefined };
    const before = this.#turn;
    let leave = (): void => undefined;
    this.#turn = new Promise((resolve) => {
      leave = resolve;
    });
    await before;
    const proven = this.#isProven();
    if (this.heldUntil === undefined && !proven) return { alone: true, leave };
    leave();
    this.#assertNotHeld();
    return { alone: false, leave };
  }

  /** The Authorization header; undefined before the device has said what it wants. */
  header(method: string, uri: string): string | undefined {
    const session = this.#session;
    if (session === undefined) return undefined;
    if (session.challenge === "basic") return basicHeader(this.#options);
    session.count += 1;
    const clientNonce = randomBytes(8).toString("hex");
    return digestHeader(session.challenge, this.#options, { method, uri, count: session.count, clientNonce });
  }

  accepted(): void {
    this.#proven = true;
  }

  /**
   * Takes up a 401's challenge.
   *
   * @returns whether the device says that only the nonce was too old
   * @throws {SurveillanceError} ISAPI_AUTH_SCHEME
   */
  challenged(header: string | string[] | undefined): { stale: boolean } {
    this.#proven = false;
    const challenges = parseChallenges(header);
    const { mode, secure } = this.#options;
    const digest = mode === "basic" ? undefined : chooseDigest(challenges);
    if (digest !== undefined) {
      this.#session = { challenge: digest, count: 0 };
      return { stale: isStale(digest) };
    }
    const basicOffered = challenges.some(({ scheme }) => scheme === "basic");
    if (basicOffered && (mode === "basic" || (mode === "auto" && secure))) {
      this.#session = { challenge: "basic", count: 0 };
      return { stale: false };
    }
    const offered = [...new Set(challenges.map(({ scheme }) => scheme))].join(", ");
    throw new SurveillanceError(
      "ISAPI_AUTH_SCHEME",
      `${this.#options.where} offers no authentication that is allowed here (${offered === "" ? "none" : offered}).`,
      {
        advice: basicOffered
          ? "Allow Basic for this device, or switch it to Digest."
          : "Switch the device's web authentication to Digest.",
      },
    );
  }

  /**
   * The device refused the password: nothing more is sent until its lock, if there is one, is over.
   *
   * @param body of the 401: a `userCheck` tells how many attempts are left
   */
  refused(body: string): SurveillanceError {
    this.#session = undefined;
    this.#proven = false;
    const check = readUserCheck(body);
    this.#heldUntil = this.#options.clock.now() + Math.max(LOCK_MS, check.unlockMs) + LOCK_MARGIN_MS;
    const tries = check.triesLeft === undefined ? "" : `, ${check.triesLeft} attempts are left`;
    const state = check.locked ? "; the account is locked" : tries;
    return new SurveillanceError(
      "ISAPI_AUTH",
      `${this.#options.where} refuses the user name or password${state}.`,
      { advice: `Correct them and deploy. Until then, nothing is sent for ${this.#minutesHeld()} minutes.` },
    );
  }

  #isProven(): boolean {
    return this.#proven;
  }

  #assertNotHeld(): void {
    if (this.heldUntil === undefined) return;
    throw new SurveillanceError(
      "ISAPI_LOCKED",
      `${this.#options.where} has refused the password: nothing is sent for another ${this.#minutesHeld()} minutes.`,
      { advice: "Correct user name and password and deploy." },
    );
  }

  #minutesHeld(): number {
    return Math.ceil((this.#heldUntil - this.#options.clock.now()) / 60_000);
  }
}

function readUserCheck(body: string): { locked: boolean; unlockMs: number; triesLeft: string | undefined } {
  // Firmware without a userCheck answers with a web page or nothing; the lock is as long all the same.
  const text = (name: string): string | undefined =>
    new RegExp(`<${name}>([^<]+)</${name}>`).exec(body)?.[1]?.trim();
  return {
    locked: text("lockStatus") === "lock",
    unlockMs: (Number(text("unlockTime")) || 0) * 1000,
    triesLeft: text("retryLoginTime"),
  };
}
