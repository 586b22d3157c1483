import { randomBytes } from "node:crypto";
import { steady, type Clock } from "../../core/clock";
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

/** `auto` uses Digest if the device offers it, and Basic only over TLS with a verified certificate. */
export type AuthMode = "auto" | "digest" | "basic";

/** Devices lock an account for 30 minutes. Every further attempt restarts this time. */
const LOCK_MS = 30 * 60_000;
const LOCK_MARGIN_MS = 60_000;

export interface AuthenticatorOptions extends DigestCredentials {
  mode: AuthMode;
  /** The connection uses TLS, and the certificate was verified. */
  verified: boolean;
  /** The device's name in messages. */
  where: string;
  clock: Clock;
}

/** A Digest challenge and how often its nonce was used, or Basic, which has no nonce. */
export interface Session {
  challenge: Challenge | "basic";
  count: number;
}

export interface UserCheck {
  locked: boolean;
  unlockMs: number;
  /** Remaining attempts, as the device counts them. */
  triesLeft: number | undefined;
}

/**
 * The state of a device's authentication: the nonce in use, whether the device accepted the password, and the pause
 * after a rejected password.
 */
export class Authenticator {
  readonly #options: AuthenticatorOptions;
  #session: Session | undefined;
  #proven = false;
  #heldUntil = 0;

  constructor(options: AuthenticatorOptions) {
    this.#options = { ...options, clock: steady(options.clock) };
  }

  /** The milliseconds for which the password is not sent again; undefined: it may be sent. */
  get heldFor(): number | undefined {
    const left = this.#heldUntil - this.#options.clock.now();
    return left > 0 ? left : undefined;
  }

  /** Whether the device accepted the password and has not rejected it since. */
  get proven(): boolean {
    return this.#proven;
  }

  /** The last accepted session; undefined before the first one. */
  get session(): Session | undefined {
    return this.#session;
  }

  /** Returns the value of the Authorization header; undefined without a session. */
  header(session: Session | undefined, method: string, uri: string): string | undefined {
    if (session === undefined) return undefined;
    if (session.challenge === "basic") return basicHeader(this.#options);
    session.count += 1;
    const clientNonce = randomBytes(8).toString("hex");
    return digestHeader(session.challenge, this.#options, { method, uri, count: session.count, clientNonce });
  }

  /**
   * Notes a response to a request of this session that is not a 401.
   *
   * @param status the HTTP status; a device that starts or is busy sends 5xx before it checks the password
   */
  accepted(session: Session | undefined, status: number): void {
    // A response to a request without a password says nothing about the password.
    if (session === undefined && this.heldFor !== undefined) return;
    this.#session = session ?? this.#session;
    if (status >= (session === undefined ? 300 : 500)) return;
    this.#proven = true;
    this.#heldUntil = 0;
  }

  /**
   * Starts a session with the challenge of a 401.
   *
   * @returns `stale` if the device rejects only the age of the nonce; undefined if there is no challenge
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

  /**
   * Returns the error for a device without an allowed authentication method.
   *
   * @param challenges the methods that the device offers
   */
  unusable(challenges: readonly Challenge[] = []): SurveillanceError {
    const { where, mode } = this.#options;
    const basicOffered = challenges.some(({ scheme }) => scheme === "basic");
    if (basicOffered && mode === "auto") {
      return new SurveillanceError(
        "ISAPI_AUTH_SCHEME",
        `${where} offers only Basic authentication, which exposes the password: nothing was sent.`,
        {
          advice:
            "Set the device's web authentication to Digest, use https with a verified certificate, or allow Basic for this device.",
        },
      );
    }
    const offered = [...new Set(challenges.map(({ scheme }) => scheme))].join(", ");
    return new SurveillanceError(
      "ISAPI_AUTH_SCHEME",
      `${where} does not offer an allowed authentication method (offered: ${offered === "" ? "none" : offered}).`,
      {
        advice: basicOffered
          ? "Allow Basic for this device, or set the device to Digest."
          : "Set the device's web authentication to Digest.",
      },
    );
  }

  /**
   * Notes that the device rejected the password. Requests pause until a possible lock of the account is over.
   *
   * @param body the body of the 401: a `userCheck` contains the number of remaining attempts
   */
  rejected(body: string): SurveillanceError {
    this.#session = undefined;
    this.#proven = false;
    const check = readUserCheck(body);
    this.#heldUntil = this.#options.clock.now() + Math.max(LOCK_MS, check.unlockMs) + LOCK_MARGIN_MS;
    const tries = check.triesLeft === undefined ? "" : `; ${check.triesLeft} attempts left`;
    const state = check.locked ? "; the account is locked" : tries;
    return new SurveillanceError(
      "ISAPI_AUTH",
      `${this.#options.where} rejected the user name or password${state}.`,
      { advice: `Correct them and deploy. Requests are paused for ${this.#minutesHeld()} minutes.` },
    );
  }

  /** @throws {SurveillanceError} ISAPI_LOCKED */
  assertNotHeld(): void {
    if (this.heldFor === undefined) return;
    throw new SurveillanceError(
      "ISAPI_LOCKED",
      `${this.#options.where} rejected the password: requests are paused for another ${this.#minutesHeld()} minutes.`,
      { advice: "Correct the user name and password, then deploy." },
    );
  }

  #minutesHeld(): number {
    return Math.ceil((this.#heldUntil - this.#options.clock.now()) / 60_000);
  }
}

/** Parses the `userCheck` that devices send with a 401. Firmware without it sends a web page or an empty body. */
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
