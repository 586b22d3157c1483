import { readUserCheck, type Authenticator, type Session } from "./authenticator";
import { pathOf, readText, type IsapiRequest, type IsapiResponse } from "./messages";
import { readResponseStatus, statusError } from "./response-status";
import { SharedLock } from "./shared-lock";

/** Paths that every user with a valid password can read. Source: ISAPI guide, "Security" and "System". */
const PROOF_PATHS = ["/ISAPI/Security/userCheck", "/ISAPI/System/deviceInfo"];

/**
 * Sends a request once.
 *
 * @param authorization the value of the header
 */
export type Send = (request: IsapiRequest, authorization: string | undefined) => Promise<IsapiResponse>;

/** A 401, although the device created the nonce for this request. */
interface Refusal {
  body: string;
  /** The device counted a wrong password, or locked the account. */
  counted: boolean;
  /** False if the 401 had no challenge, so that the password was not sent. */
  sent: boolean;
}

/** How many "stale nonce" responses in a row are accepted: another client may use up the nonces. */
const MAX_STALE = 3;

/**
 * Authenticates requests. A single 401 does not mean that the password is wrong: nonces are valid for a few uses or for
 * one client, and devices refuse some paths to all users. To verify the password, one request is sent alone to a path
 * that every user can read. Its nonce is created for this request.
 */
export class Login {
  readonly #authenticator: Authenticator;
  readonly #send: Send;
  readonly #nameOf: (request: IsapiRequest) => string;
  readonly #lock = new SharedLock();

  constructor(authenticator: Authenticator, send: Send, nameOf: (request: IsapiRequest) => string) {
    this.#authenticator = authenticator;
    this.#send = send;
    this.#nameOf = nameOf;
  }

  /**
   * Sends a request with the credentials of the device.
   *
   * @returns the response, which is not a 401
   * @throws {SurveillanceError} ISAPI_AUTH, ISAPI_LOCKED, ISAPI_AUTH_SCHEME, ISAPI_FORBIDDEN if the device refuses the
   * path although the password is right, or the errors of `send`
   */
  async request(request: IsapiRequest): Promise<IsapiResponse> {
    if (request.connection === "urgent") return this.#requestUrgent(request);
    const first = await this.#requestUnproven(request);
    if (first !== undefined) return first;
    this.#authenticator.assertNotHeld();
    // A late response may start at any time. It must not block other requests.
    const turn = isLate(request) ? sendNow : this.#shared;
    const result = await this.#attempt(request, turn);
    return isResponse(result) ? result : this.#resolveRefusal(request, result);
  }

  /**
   * Determines the cause of a refusal while no other request runs. If the password is right, sends the request again.
   */
  async #resolveRefusal(request: IsapiRequest, refusal: Refusal): Promise<IsapiResponse> {
    const retry = (): Promise<IsapiResponse | Refusal> => this.#attempt(request, sendNow);
    const alone = await this.#lock.exclusive(async () => {
      this.#authenticator.assertNotHeld();
      await this.#assertPassword(request, refusal);
      // As above: a late response must not block other requests.
      return isLate(request) ? undefined : retry();
    });
    const again = alone ?? (await retry());
    if (isResponse(again)) return again;
    throw this.#forbidden(request, again);
  }

  readonly #shared = (send: () => Promise<IsapiResponse>): Promise<IsapiResponse> => this.#lock.shared(send);

  /**
   * Sends requests one at a time until the password is proven: each of several at once would cost an attempt.
   *
   * @returns undefined if the password is proven now and the request was not sent
   */
  async #requestUnproven(request: IsapiRequest): Promise<IsapiResponse | undefined> {
    const authenticator = this.#authenticator;
    authenticator.assertNotHeld();
    if (authenticator.proven) return undefined;
    return this.#lock.exclusive(async () => {
      authenticator.assertNotHeld();
      if (authenticator.proven) return undefined;
      if (isLate(request)) {
        await this.#prove(request.signal);
        return undefined;
      }
      const result = await this.#attempt(request, sendNow);
      if (isResponse(result)) return result;
      if (PROOF_PATHS.includes(pathOf(request))) {
        throw result.sent ? authenticator.rejected(result.body) : authenticator.unusable();
      }
      await this.#assertPassword(request, result);
      throw this.#forbidden(request, result);
    });
  }

  /** Sends at once, even while other requests pause after a rejected password. It may cost an attempt. */
  async #requestUrgent(request: IsapiRequest): Promise<IsapiResponse> {
    const result = await this.#attempt(request, sendNow);
    if (isResponse(result)) return result;
    this.#authenticator.assertNotHeld();
    return this.#resolveRefusal(request, result);
  }

  /** Sends with the nonce in use, then with a new one, then with another one if that one is stale. */
  async #attempt(request: IsapiRequest, turn: typeof sendNow): Promise<IsapiResponse | Refusal> {
    const authenticator = this.#authenticator;
    let session: Session | undefined = authenticator.session;
    let triesLeft: number | undefined;
    for (let fresh = 0; ; fresh += 1) {
      const response = await turn(() =>
        this.#send(request, authenticator.header(session, request.method ?? "GET", request.path)),
      );
      if (response.status !== 401) {
        authenticator.accepted(session, response.status);
        return response;
      }
      const body = await readText(response.body);
      const before = triesLeft;
      const check = readUserCheck(body);
      triesLeft = check.triesLeft;
      const counted = check.locked || (before !== undefined && triesLeft !== undefined && triesLeft < before);
      const challenged = authenticator.challenged(response.headers["www-authenticate"]);
      const sent = fresh > 0;
      if (challenged === undefined || (sent && (!challenged.stale || fresh > 1))) {
        return { body, counted: sent && counted, sent };
      }
      session = challenged.session;
    }
  }

  /**
   * Verifies the password after a refusal.
   *
   * @throws {SurveillanceError} the meaning of the refusal, unless the nonce or another client may have caused it
   */
  async #assertPassword(request: IsapiRequest, { body, counted }: Refusal): Promise<void> {
    // Some firmware sends 401 instead of 403: then the password is right.
    if (/lowPrivilege/i.test(readResponseStatus(body)?.subStatusCode ?? "")) {
      throw this.#forbidden(request, { body });
    }
    if (counted) throw this.#authenticator.rejected(body);
    await this.#prove(request.signal);
  }

  /**
   * Verifies the password with a nonce that is created for this. Must run inside the exclusive lock.
   *
   * @throws {SurveillanceError} ISAPI_AUTH, ISAPI_AUTH_SCHEME, or the errors of `send`
   */
  async #prove(signal: AbortSignal | undefined): Promise<void> {
    const authenticator = this.#authenticator;
    let hasNoChallenge = false;
    for (const path of PROOF_PATHS) {
      // Without the password, this costs no attempt.
      const open = await this.#send({ path, signal }, undefined);
      await readText(open.body);
      // A path that needs no password proves nothing.
      if (open.status !== 401) continue;
      const challenged = authenticator.challenged(open.headers["www-authenticate"]);
      hasNoChallenge = challenged === undefined;
      if (challenged === undefined) continue;
      await this.#sendPassword({ path, signal }, challenged.session);
      return;
    }
    if (hasNoChallenge) throw authenticator.unusable();
  }

  /** @throws {SurveillanceError} ISAPI_AUTH if the device rejects the password and not only the nonce */
  async #sendPassword(request: IsapiRequest, session: Session): Promise<void> {
    const authenticator = this.#authenticator;
    for (let tries = 1; ; tries += 1) {
      const response = await this.#send(request, authenticator.header(session, "GET", request.path));
      const body = await readText(response.body);
      if (response.status !== 401) {
        authenticator.accepted(session, response.status);
        return;
      }
      const next = authenticator.challenged(response.headers["www-authenticate"]);
      if (next?.stale !== true || tries >= MAX_STALE) throw authenticator.rejected(body);
      ({ session } = next);
    }
  }

  #forbidden(request: IsapiRequest, { body }: Pick<Refusal, "body">): Error {
    return statusError(401, body, this.#nameOf(request));
  }
}

const sendNow = (send: () => Promise<IsapiResponse>): Promise<IsapiResponse> => send();

function isResponse(result: IsapiResponse | Refusal): result is IsapiResponse {
  return "status" in result;
}

/** Tells whether the response may start at any time. */
function isLate({ connection }: IsapiRequest): boolean {
  return connection === "lateEventStream";
}
