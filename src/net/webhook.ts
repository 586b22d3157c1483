import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { setTimeout } from "node:timers/promises";
import { SurveillanceError, toError } from "../core/errors";
import type { AllowList } from "./allow-list";
import type { AuthenticatedRequest, Authenticator, AuthVerdict } from "./http-auth";
import { BodyRefused, readBody } from "./request-body";
import { isAtPath, pathOf } from "./request-path";
import { senderOf } from "./sender";

/** One post, completely received. */
export interface WebhookPost {
  body: Buffer;
  /** Address of the connection, or the one that a trusted proxy says it is for. */
  sender: string;
  path: string;
  contentType: string | undefined;
}

export interface WebhookResponse {
  status: number;
  contentType: string;
  body: string;
}

/** Somebody who takes the posts to some paths. Several may share a path: each of them gets every post. */
export interface WebhookListener {
  /** `/events`; `/events/*` for whatever one segment follows. */
  paths: readonly string[];
  allow: AllowList;
  /** Reverse proxies whose `X-Forwarded-For` is believed; without, the sender is who has connected. */
  proxies?: AllowList | undefined;
  authenticator?: Authenticator;
  /** Bytes */
  maxBytes: number;
  /** What is resolved is answered: so resolve when the post is safe. A rejection is answered with 500. */
  receive: (post: WebhookPost) => Promise<WebhookResponse>;
  /** Knows a post by which this side tries out its own address: it is answered, from wherever it comes, and gets no further. */
  isOwnTest?: (headers: IncomingHttpHeaders) => boolean;
  /** A post that never got to `receive`. */
  refused: (error: SurveillanceError, sender: string) => void;
}

const BODY_TIMEOUT_MS = 60_000;
/** Longer than the slowest heartbeat (120 s), so that a camera finds its connection still open. */
export const KEEP_ALIVE_MS = 180_000;

const plain = (status: number, body: string): WebhookResponse => ({
  status,
  contentType: "text/plain; charset=utf-8",
  body,
});

/** What is read of a body that was refused. */
const DISCARD_BYTES = 64 * 1024 * 1024;
const DISCARD_MS = 2000;

/** How long a listener that is taken away waits for its own answers. */
const SETTLE_MS = 1500;

/** Distributes the posts of one HTTP server, whoever runs it, to the listeners at their paths. */
export class WebhookRouter {
  /** With what each of them is dealing with at the moment. */
  readonly #listeners = new Map<WebhookListener, Set<Promise<WebhookResponse>>>();

  /** @returns takes the listener away again; resolves when what it had received is answered */
  add(listener: WebhookListener): () => Promise<void> {
    const receiving = new Set<Promise<WebhookResponse>>();
    this.#listeners.set(listener, receiving);
    return async () => {
      this.#listeners.delete(listener);
      const giveUp = new AbortController();
      const late = setTimeout(SETTLE_MS, undefined, { signal: giveUp.signal }).catch(() => undefined);
      await Promise.race([Promise.allSettled(receiving), late]);
      giveUp.abort();
    };
  }

  get isEmpty(): boolean {
    return this.#listeners.size === 0;
  }

  /** The largest body that anybody at the path takes; undefined where nobody listens. */
  maxBytesAt(url: string): number | undefined {
    const listeners = this.#at(url);
    return listeners.length === 0 ? undefined : Math.max(...listeners.map(({ maxBytes }) => maxBytes));
  }

  /**
   * Deals with a request if somebody listens at its path.
   *
   * @returns false when nobody does, and the request is untouched
   */
  dispatch(request: IncomingMessage, response: ServerResponse): boolean {
    const listeners = this.#at(request.url ?? "");
    if (listeners.length === 0) return false;
    void this.#serve(request, response, listeners);
    return true;
  }

  /** Whether somebody listens who takes that address for a reverse proxy. */
  isProxy(address: string): boolean {
    return [...this.#listeners.keys()].some(({ proxies }) => proxies?.allows(address));
  }

  #at(url: string): WebhookListener[] {
    return [...this.#listeners.keys()].filter(({ paths }) => isAtPath(url, paths));
  }

  async #serve(
    request: IncomingMessage,
    response: ServerResponse,
    listeners: WebhookListener[],
  ): Promise<void> {
    const asking = listeners.map((listener) => ({ listener, sender: senderOf(request, listener.proxies) }));
    const refuse = (status: number, reason: string, advice?: string): void => {
      for (const { listener, sender } of asking) {
        const message = `A post of ${sender} was refused: ${reason}.`;
        const error = new SurveillanceError(
          "WEBHOOK_REFUSED",
          message,
          advice === undefined ? {} : { advice },
        );
        listener.refused(error, sender);
      }
      answer(request, response, plain(status, reason));
    };
    if (request.method !== "POST") {
      response.setHeader("Allow", "POST");
      answer(request, response, plain(405, "only POST is accepted"));
      return;
    }
    if (listeners.some(({ isOwnTest }) => isOwnTest?.(request.headers))) {
      answer(request, response, plain(200, "OK"));
      return;
    }
    const allowed = asking.filter(({ listener, sender }) => listener.allow.allows(sender));
    if (allowed.length === 0) {
      refuse(403, "its address is not among those allowed");
      return;
    }
    const checked = allowed.map((asked) => ({
      ...asked,
      verdict: verdictOf(asked.listener, request, response),
    }));
    const authorised = checked.filter(({ verdict }) => verdict === "accepted");
    const [first] = authorised;
    if (first === undefined) {
      // Who knows the password, and needs a new nonce, is told so; that is nothing to report.
      const wrong = checked.some(
        ({ listener, verdict }) =>
          verdict === "refused" && listener.authenticator?.hasTried(authenticationOf(request)),
      );
      if (wrong) refuse(401, "its credentials are wrong");
      else answer(request, response, plain(401, "credentials are needed"));
      return;
    }
    response.removeHeader("WWW-Authenticate");
    try {
      const maxBytes = Math.max(...authorised.map(({ listener }) => listener.maxBytes));
      const body = await readBody(request, { maxBytes, timeoutMs: BODY_TIMEOUT_MS, sender: first.sender });
      if (body === undefined) return;
      const post = { body, path: pathOf(request.url ?? ""), contentType: request.headers["content-type"] };
      const answers = await Promise.all(
        authorised.map(({ listener, sender }) => this.#receive(listener, { ...post, sender })),
      );
      // The worst answer counts: only what everybody has taken over is delivered.
      answers.sort((a, b) => b.status - a.status);
      answer(request, response, answers[0] ?? plain(500, "failed"));
    } catch (thrown) {
      if (thrown instanceof BodyRefused) refuse(thrown.status, thrown.message, thrown.advice);
      else answer(request, response, plain(500, toError(thrown).name));
    }
  }

  async #receive(listener: WebhookListener, post: WebhookPost): Promise<WebhookResponse> {
    const receiving = this.#listeners.get(listener);
    // Taken away while the body came in: whoever takes its place can have the post.
    if (receiving === undefined) return plain(503, "closing");
    const answer = listener.receive(post);
    receiving.add(answer);
    return answer.finally(() => {
      receiving.delete(answer);
    });
  }
}

function verdictOf(
  { authenticator }: WebhookListener,
  request: IncomingMessage,
  response: ServerResponse,
): AuthVerdict {
  if (authenticator === undefined) return "accepted";
  const verdict = authenticator.check(authenticationOf(request));
  if (verdict !== "accepted") response.setHeader("WWW-Authenticate", authenticator.challenges(verdict));
  return verdict;
}

/** Express cuts the path it is mounted at from `url`; a digest is of the whole one. */
function authenticationOf(request: IncomingMessage & { originalUrl?: string }): AuthenticatedRequest {
  const { method = "", url = "", originalUrl = url, headers } = request;
  return { method, url: originalUrl, authorization: headers.authorization };
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { status, contentType, body }: WebhookResponse,
): void {
  if (response.destroyed) return;
  response.statusCode = status;
  response.setHeader("Content-Type", contentType);
  response.setHeader("Content-Length", Buffer.byteLength(body));
  if (request.complete || status === 401 || status === 403 || status === 405) {
    keepAlive(request, response);
    response.end(body);
    return;
  }
  response.setHeader("Connection", "close");
  response.write(body);
  void discardRest(request).then(() => response.end());
}

/**
 * Reads on for a moment what nobody wants, such as the rest of a body that is too large: if its connection is closed while a
 * sender writes, it never reads its answer.
 */
async function discardRest(request: IncomingMessage): Promise<void> {
  let left = DISCARD_BYTES;
  const enough = new AbortController();
  const late = setTimeout(DISCARD_MS, undefined, { signal: enough.signal }).catch(() => undefined);
  const over = new Promise<void>((resolve) => {
    request.on("end", resolve).on("close", resolve).on("error", resolve);
    request.on("data", (chunk: Buffer) => {
      left -= chunk.length;
      if (left < 0) resolve();
    });
    request.resume();
  });
  await Promise.race([over, late]);
  enough.abort();
}

/** Node-RED's own server closes an idle connection after five seconds: a webhook's stays open for its next heartbeat. */
function keepAlive(request: IncomingMessage, response: ServerResponse): void {
  if (!response.shouldKeepAlive) return;
  const { socket } = request;
  response.setHeader("Connection", "keep-alive");
  response.setHeader("Keep-Alive", `timeout=${KEEP_ALIVE_MS / 1000}`);
  response.once("finish", () => {
    // After the server's own listener, which sets its time-out.
    setImmediate(() => {
      socket.setTimeout(KEEP_ALIVE_MS);
    });
  });
}
