import type { IncomingMessage, ServerResponse } from "node:http";
import { systemClock } from "../../core/clock";
import { SurveillanceError, toError } from "../../core/errors";
import { atMost } from "../../core/pause";
import type { AuthenticatedRequest } from "../auth/authenticator";
import { isAtPath, pathOf } from "../request-path";
import type { WebhookListener, WebhookPost, WebhookResponse } from "./listener";
import { BodyRefused, readBody } from "./request-body";
import { plainText, respond } from "./response";
import { senderOf } from "./sender";

const BODY_TIMEOUT_MS = 60_000;
/** The longest wait for the responses of a removed listener. */
const SETTLE_MS = 1500;

/** A listener at the path of a request, with the sender by its settings: listeners may trust different proxies. */
interface Candidate {
  listener: WebhookListener;
  sender: string;
}

/** A post that was passed to a listener and has no response. */
interface Receiving {
  response: Promise<WebhookResponse>;
  /** Responds without the listener. */
  respond: (response: WebhookResponse) => void;
}

/** Distributes the posts of one HTTP server to the listeners at their paths. */
export class WebhookRouter {
  /** The listeners, each with the responses that are pending. */
  readonly #listeners = new Map<WebhookListener, Set<Receiving>>();

  /**
   * Adds a listener. Returns a function that removes it and resolves when all its posts have a response: posts whose
   * events are not stored in time get a failure, and the sender repeats them for the listener's successor.
   */
  add(listener: WebhookListener): () => Promise<void> {
    const receiving = new Set<Receiving>();
    this.#listeners.set(listener, receiving);
    return async () => {
      this.#listeners.delete(listener);
      const responses = [...receiving].map(({ response }) => response);
      await atMost(Promise.allSettled(responses), SETTLE_MS, systemClock);
      for (const { respond } of receiving) respond(plainText(503, "closing"));
    };
  }

  get isEmpty(): boolean {
    return this.#listeners.size === 0;
  }

  /** Returns the largest body that a listener at the path accepts; undefined if there is no listener. */
  maxBytesAt(url: string): number | undefined {
    const listeners = this.#at(url);
    return listeners.length === 0 ? undefined : Math.max(...listeners.map(({ maxBytes }) => maxBytes));
  }

  /**
   * Handles a request if there is a listener at its path.
   *
   * @returns false if there is none; the request is then unchanged
   */
  dispatch(request: IncomingMessage, response: ServerResponse): boolean {
    const listeners = this.#at(request.url ?? "");
    if (listeners.length === 0) return false;
    void this.#serve(request, response, listeners);
    return true;
  }

  /** Tells whether a listener trusts an address as a reverse proxy. */
  isProxy(address: string): boolean {
    return [...this.#listeners.keys()].some(({ proxies }) => proxies?.allows(address));
  }

  #at(url: string): WebhookListener[] {
    return [...this.#listeners.keys()].filter(({ paths }) => isAtPath(url, paths));
  }

  /** Handles a request: method, allow list, credentials, body, listeners, response. */
  async #serve(
    request: IncomingMessage,
    response: ServerResponse,
    listeners: WebhookListener[],
  ): Promise<void> {
    const candidates = listeners.map((listener) => ({
      listener,
      sender: senderOf(request, listener.proxies),
    }));
    const refuse = (status: number, reason: string, advice?: string): void => {
      report(candidates, reason, advice);
      respond(request, response, plainText(status, reason));
    };
    if (request.method !== "POST") {
      response.setHeader("Allow", "POST");
      respond(request, response, plainText(405, "only POST is accepted"));
      return;
    }
    if (listeners.some(({ isOwnTest }) => isOwnTest?.(request.headers))) {
      respond(request, response, plainText(200, "OK"));
      return;
    }
    const allowed = candidates.filter(({ listener, sender }) => listener.allow.allows(sender));
    if (allowed.length === 0) {
      refuse(403, "its address is not allowed");
      return;
    }
    const { authorised, hasTried } = authenticate(request, response, allowed);
    if (authorised[0] === undefined) {
      if (hasTried) refuse(401, "its credentials are wrong");
      else respond(request, response, plainText(401, "credentials are required"));
      return;
    }
    try {
      const maxBytes = Math.max(...authorised.map(({ listener }) => listener.maxBytes));
      const { sender } = authorised[0];
      const body = await readBody(request, { maxBytes, timeoutMs: BODY_TIMEOUT_MS, sender });
      if (body === undefined) return;
      const post = { body, path: pathOf(request.url ?? ""), contentType: request.headers["content-type"] };
      const responses = await Promise.all(
        authorised.map((candidate) =>
          this.#receive(candidate.listener, { ...post, sender: candidate.sender }),
        ),
      );
      // The worst response counts: a post is delivered only when every listener has accepted it.
      responses.sort((a, b) => b.status - a.status);
      respond(request, response, responses[0] ?? plainText(500, "failed"));
    } catch (thrown) {
      if (thrown instanceof BodyRefused) refuse(thrown.status, thrown.message, thrown.advice);
      else respond(request, response, plainText(500, toError(thrown).name));
    }
  }

  async #receive(listener: WebhookListener, post: WebhookPost): Promise<WebhookResponse> {
    const receiving = this.#listeners.get(listener);
    // The listener was removed while the body arrived: the sender repeats the post for its successor.
    if (receiving === undefined) return plainText(503, "closing");
    return new Promise((resolve, reject) => {
      const response = listener.receive(post);
      const entry: Receiving = { response, respond: resolve };
      receiving.add(entry);
      response.then(resolve, reject).finally(() => {
        receiving.delete(entry);
      });
    });
  }
}

/** Reports a refused post to each listener. */
function report(candidates: readonly Candidate[], reason: string, advice: string | undefined): void {
  for (const { listener, sender } of candidates) {
    const message = `Refused a post from ${sender}: ${reason}.`;
    listener.refused(
      new SurveillanceError("WEBHOOK_REFUSED", message, advice === undefined ? {} : { advice }),
      sender,
    );
  }
}

/**
 * Finds the listeners whose credentials match. If there is none, sets the challenges in the response.
 *
 * @returns `hasTried`: the request has wrong credentials. A client that knows the password and only needs a new nonce
 *   does not count: its refusal is not reported.
 */
function authenticate(
  request: IncomingMessage,
  response: ServerResponse,
  candidates: readonly Candidate[],
): { authorised: Candidate[]; hasTried: boolean } {
  const credentials = credentialsOf(request);
  const authorised: Candidate[] = [];
  let hasTried = false;
  for (const candidate of candidates) {
    const { authenticator } = candidate.listener;
    const verdict = authenticator?.check(credentials) ?? "accepted";
    if (verdict === "accepted") authorised.push(candidate);
    else response.setHeader("WWW-Authenticate", authenticator?.challenges(verdict) ?? []);
    if (verdict === "refused" && authenticator?.hasTried(credentials) === true) hasTried = true;
  }
  if (authorised.length > 0) response.removeHeader("WWW-Authenticate");
  return { authorised, hasTried };
}

/** Returns the credentials with the whole path, which a digest covers: Express removes the mount path from `url`. */
function credentialsOf(request: IncomingMessage & { originalUrl?: string }): AuthenticatedRequest {
  const { method = "", url = "", originalUrl = url, headers } = request;
  return { method, url: originalUrl, authorization: headers.authorization };
}
