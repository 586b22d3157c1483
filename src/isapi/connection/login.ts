import { readUserCheck, type Authenticator, type Session } from "./authenticator";
import { pathOf, readText, type IsapiRequest, type IsapiResponse } from "./messages";
import { readResponseStatus, statusError } from "./response-status";
import { SharedLock } from "./shared-lock";

/** Paths that the password alone opens. Source: ISAPI guide, "Security" and "System". */
const PROOFS = ["/ISAPI/Security/userCheck", "/ISAPI/System/deviceInfo"];

/** Sends a request once. @param authorization the header's value */
export type Send = (request: IsapiRequest, authorization: string | undefined) => Promise<IsapiResponse>;

/** A 401 although the nonce was the device's own, and given out for this very request. */
interface Refusal {
  body: string;
  /** The device itself counted a wrong password, or has locked the account. */
  counted: boolean;
  /** False where the device offered nothing that the password could have been sent with. */
  tried: boolean;
}

/** How often in a row "the nonce was too old" is believed: another client may have used it up. */
const MAX_STALE = 3;

/**
 * Authenticates requests. A 401 alone says little: nonces are good for a few uses or a single client at a time, and devices
 * refuse some paths with it to everybody. To find out whether the password is wrong, one request is sent alone, with a
 * nonce that was given out for it, to a path that the password alone opens.
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
   * @returns the response, which is not a 401
   * @throws {SurveillanceError} ISAPI_AUTH, ISAPI_LOCKED, ISAPI_AUTH_SCHEME, ISAPI_FORBIDDEN where the path is refused
   * although the password is right, or what `send` throws
   */
  async request(request: IsapiRequest): Promise<IsapiResponse> {
    if (request.connection === "urgent") return this.#urgently(request);
    const first = await this.#unproven(request);
    if (first !== undefined) return first;
    this.#authenticator.assertNotHeld();
    // A late response may begin any time. Nobody waits for it.
    const turn = isLate(request) ? once : this.#together;
    const result = await this.#attempt(request, turn);
    return isResponse(result) ? result : this.#judged(request, result);
  }

  /** Finds out alone what a refusal means, and sends the request again where the password is right. */
  async #judged(request: IsapiRequest, refusal: Refusal): Promise<IsapiResponse> {
    const retry = (): Promise<IsapiResponse | Refusal> => this.#attempt(request, once);
    const alone = await this.#lock.exclusive(async () => {
      this.#authenticator.assertNotHeld();
      await this.#judge(request, refusal);
      // As above: nobody waits for a late response.
      return isLate(request) ? undefined : retry();
    });
    const again = alone ?? (await retry());
    if (isResponse(again)) return again;
    throw this.#forbidden(request, again);
  }

  readonly #together = (send: () => Promise<IsapiResponse>): Promise<IsapiResponse> =>
    this.#lock.shared(send);

  /**
   * As long as the password is not proven, one request at a time tries it: several at once would each cost an attempt.
   * @returns undefined where the password is proven now and the request has not been sent
   */
  async #unproven(request: IsapiRequest): Promise<IsapiResponse | undefined> {
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
      const result = await this.#attempt(request, once);
      if (isResponse(result)) return result;
      if (PROOFS.includes(pathOf(request))) {
        throw result.tried ? authenticator.refused(result.body) : authenticator.unusable();
      }
      await this.#judge(request, result);
      throw this.#forbidden(request, result);
    });
  }

  /** Sends at once, also while everything else is held back. Costs an attempt of its own. */
  async #urgently(request: IsapiRequest): Promise<IsapiResponse> {
    const result = await this.#attempt(request, once);
    if (isResponse(result)) return result;
    this.#authenticator.assertNotHeld();
    return this.#judged(request, result);
  }

  /** Sends with the nonce in use, then with one given out for this request, then with another if that one is stale. */
  async #attempt(request: IsapiRequest, turn: typeof once): Promise<IsapiResponse | Refusal> {
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
      const tried = fresh > 0;
      if (challenged === undefined || (tried && (!challenged.stale || fresh > 1))) {
        return { body, counted: tried && counted, tried };
      }
      session = challenged.session;
    }
  }

  /** @throws {SurveillanceError} what the refusal means, unless the nonce or another client may have caused it */
  async #judge(request: IsapiRequest, { body, counted }: Refusal): Promise<void> {
    // Some firmware says 401 where 403 is meant: the password is not in doubt then.
    if (/lowPrivilege/i.test(readResponseStatus(body)?.subStatusCode ?? "")) {
      throw this.#forbidden(request, { body });
    }
    if (counted) throw this.#authenticator.refused(body);
    await this.#prove(request.signal);
  }

  /** Finds out whether the device accepts the password, with a nonce given out for this. Needs the lock alone. */
  async #prove(signal: AbortSignal | undefined): Promise<void> {
    const authenticator = this.#authenticator;
    let unreadable = false;
    for (const path of PROOFS) {
      // Without the password, this costs no attempt.
      const asked = await this.#send({ path, signal }, undefined);
      await readText(asked.body);
      // A path that is open to everybody proves nothing.
      if (asked.status !== 401) continue;
      const challenged = authenticator.challenged(asked.headers["www-authenticate"]);
      unreadable = challenged === undefined;
      if (challenged === undefined) continue;
      await this.#meetChallenge({ path, signal }, challenged.session);
      return;
    }
    if (unreadable) throw authenticator.unusable();
  }

  /** @throws {SurveillanceError} ISAPI_AUTH where the device refuses the password, rather than only the nonce */
  async #meetChallenge(request: IsapiRequest, session: Session): Promise<void> {
    const authenticator = this.#authenticator;
    for (let tries = 1; ; tries += 1) {
      const response = await this.#send(request, authenticator.header(session, "GET", request.path));
      const body = await readText(response.body);
      if (response.status !== 401) {
        authenticator.accepted(session, response.status);
        return;
      }
      const next = authenticator.challenged(response.headers["www-authenticate"]);
      if (next?.stale !== true || tries >= MAX_STALE) throw authenticator.refused(body);
      ({ session } = next);
    }
  }

  #forbidden(request: IsapiRequest, { body }: Pick<Refusal, "body">): Error {
    return statusError(401, body, this.#nameOf(request));
  }
}

const once = (send: () => Promise<IsapiResponse>): Promise<IsapiResponse> => send();

function isResponse(result: IsapiResponse | Refusal): result is IsapiResponse {
  return "status" in result;
}

/** The response may begin any time. */
function isLate({ connection }: IsapiRequest): boolean {
  return connection === "lateEventStream";
}
