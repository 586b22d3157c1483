import { randomBytes } from "node:crypto";
import type { Clock } from "../../core/clock";
import { SurveillanceError } from "../../core/errors";
import {
  basicHeader,
  chooseDigest,
  digestHeader,
  isStale,
  parseChallenges,
  type Challenge,
  type DigestCredentials,
} from "./digest";

/** `auto` takes Digest where it is offered, and Basic only over TLS to a device whose certificate was checked. */
export type AuthMode = "auto" | "digest" | "basic";

/** Devices lock an account for 30 minutes, and every further attempt starts the time anew. */
const LOCK_MS = 30 * 60_000;
const LOCK_MARGIN_MS = 60_000;

export interface AuthenticatorOptions extends DigestCredentials {
  mode: AuthMode;
  /** Nobody else can read or stand between: TLS, and the certificate was checked. */
  verified: boolean;
  /** The device, as messages name it. */
  where: string;
  clock: Clock;
}

/** A nonce and how often it was used, or Basic, which has none. */
export interface Session {
  challenge: Challenge | "basic";
  count: number;
}

export interface UserCheck {
  locked: boolean;
  unlockMs: number;
  /** Attempts that are left, as the device counts them. */
  triesLeft: number | undefined;
}

/**
 * What is known of a device's authentication: the nonce in use, whether the password was ever accepted, and until when
 * nothing may be sent because it was refused.
 */
export class Authenticator {
  readonly #options: AuthenticatorOptions;
  #session: Session | undefined;
  #proven = false;
  #heldUntil = 0;

  constructor(options: AuthenticatorOptions) {
    this.#options = options;
  }

  /** Milliseconds since 1970 until which the password is not tried again; undefined: it may be tried. */
  get heldUntil(): number | undefined {
    return this.#heldUntil > this.#options.clock.now() ? this.#heldUntil : undefined;
  }

  /** The password was accepted, and not refused since. */
  get proven(): boolean {
    return this.#proven;
  }

  /** The last one that was accepted; undefined before the device has said what it wants. */
  get session(): Session | undefined {
    return this.#session;
  }

  /** The Authorization header; undefined without a session. */
  header(session: Session | undefined, method: string, uri: string): string | undefined {
    if (session === undefined) return undefined;
    if (session.challenge === "basic") return basicHeader(this.#options);
    session.count += 1;
    const clientNonce = randomBytes(8).toString("hex");
    return digestHeader(session.challenge, this.#options, { method, uri, count: session.count, clientNonce });
  }

  /**
   * The device has answered a request of this session with something else than 401.
   *
   * @param status HTTP's: a device that starts or is busy refuses everybody with 5xx, before it looks at the password
   */
  accepted(session: Session | undefined, status: number): void {
    // What is answered without a password says nothing about it.
    if (session === undefined && this.heldUntil !== undefined) return;
    this.#session = session ?? this.#session;
    if (status >= (session === undefined ? 300 : 500)) return;
    this.#proven = true;
    this.#heldUntil = 0;
  }

  /**
   * Takes up a 401's challenge.
   *
   * @returns `stale` where the device says that only the nonce was too old; undefined where there is no challenge
   * @throws {SurveillanceError} ISAPI_AUTH_SCHEME
   */
  challenged(header: string | string[] | undefined): { session: Session; stale: boolean } | undefined {
    const challenges = parseChallenges(header);
    if (challenges.length === 0) return undefined;
    const { mode, verified } = this.#options;
    const digest = mode === "basic" ? undefined : chooseDigest(challenges);
    if (digest !== undefined) return { session: { challenge: digest, count: 0 }, stale: isStale(digest) };
    const basic = challenges.some(({ scheme }) => scheme === "basic");
    if (basic && (mode === "basic" || (mode === "auto" && verified))) {
      return { session: { challenge: "basic", count: 0 }, stale: false };
    }
    throw this.unusable(challenges);
  }

  /** @param challenges what the device offers */
  unusable(challenges: readonly Challenge[] = []): SurveillanceError {
    const { where, mode } = this.#options;
    const basicOffered = challenges.some(({ scheme }) => scheme === "basic");
    if (basicOffered && mode === "auto") {
      return new SurveillanceError(
        "ISAPI_AUTH_SCHEME",
        `${where} offers only Basic, which shows the password to everybody on the way: it was not sent.`,
        {
          advice:
            "Switch the device's web authentication to Digest, connect by https with a certificate that is checked, or choose Basic for this device.",
        },
      );
    }
    const offered = [...new Set(challenges.map(({ scheme }) => scheme))].join(", ");
    return new SurveillanceError(
      "ISAPI_AUTH_SCHEME",
      `${where} offers no authentication that is allowed here (${offered === "" ? "none" : offered}).`,
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

  /** @throws {SurveillanceError} ISAPI_LOCKED */
  assertNotHeld(): void {
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

/** Reads the `userCheck` that devices send with a 401; firmware without one sends a web page or nothing. */
export function readUserCheck(body: string): UserCheck {
  const text = (name: string): string | undefined =>
    new RegExp(`<${name}>([^<]+)</${name}>`).exec(body)?.[1]?.trim();
  const triesLeft = Number(text("retryLoginTime") ?? Number.NaN);
  return {
    locked: text("lockStatus") === "lock",
    unlockMs: (Number(text("unlockTime")) || 0) * 1000,
    triesLeft: Number.isNaN(triesLeft) ? undefined : triesLeft,
  };
}
