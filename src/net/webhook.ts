import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout } from "node:timers/promises";
import { SurveillanceError, toError } from "../errors";
import { plainAddress, type AllowList } from "./allow-list";
import { pathOf, type AuthenticatedRequest, type Authenticator } from "./http-auth";
import { BodyRefused, readBody } from "./request-body";

/** One post, completely received. */
export interface WebhookPost {
  body: Buffer;
  /** Address of the connection. */
  sender: string;
  path: string;
  contentType: string | undefined;
}

export interface WebhookAnswer {
  status: number;
  contentType: string;
  body: string;
}

/** Somebody who takes the posts to some paths. Several may share a path: each of them gets every post. */
export interface WebhookListener {
  /** `/events`; `/events/*` for whatever one segment follows. */
  paths: readonly string[];
  allow: AllowList;
  authenticator?: Authenticator;
  /** Bytes */
  maxBytes: number;
  /** What is resolved is answered: so resolve when the post is safe. A rejection is answered with 500. */
  receive: (post: WebhookPost) => Promise<WebhookAnswer>;
  /** A post that never got to `receive`. */
  refused: (error: SurveillanceError, sender: string) => void;
}

const BODY_TIMEOUT_MS = 60_000;
/** Longer than the slowest heartbeat (120 s), so that a camera finds its connection still open. */
export const KEEP_ALIVE_MS = 180_000;

const plain = (status: number, body: string): WebhookAnswer => ({
  status,
  contentType: "text/plain; charset=utf-8",
  body,
});

/** How long a listener that is taken away waits for its own answers. */
const SETTLE_MS = 1500;

/** Distributes the posts of one HTTP server, whoever runs it, to the listeners at their paths. */
export class WebhookRouter {
  /** With what each of them is dealing with at the moment. */
  readonly #listeners = new Map<WebhookListener, Set<Promise<WebhookAnswer>>>();

  /** @returns takes the listener away again; resolves when what it had received is answered */
  add(listener: WebhookListener): () => Promise<void> {
    const receiving = new Set<Promise<WebhookAnswer>>();
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

  #at(url: string): WebhookListener[] {
    const path = comparable(pathOf(url));
    const below = path.slice(0, path.lastIndexOf("/")) + "/*";
    return [...this.#listeners.keys()].filter(({ paths }) =>
      paths.map(comparable).some((own) => own === path || own === below),
    );
  }

  async #serve(
    request: IncomingMessage,
    response: ServerResponse,
    listeners: WebhookListener[],
  ): Promise<void> {
    const sender = plainAddress(request.socket.remoteAddress);
    const refuse = (status: number, reason: string): void => {
      const error = new SurveillanceError("WEBHOOK_REFUSED", `A post of ${sender} was refused: ${reason}.`);
      for (const listener of listeners) listener.refused(error, sender);
      answer(request, response, plain(status, reason));
    };
    if (request.method !== "POST") {
      response.setHeader("Allow", "POST");
      answer(request, response, plain(405, "only POST is accepted"));
      return;
    }
    const allowed = listeners.filter(({ allow }) => allow.allows(sender));
    if (allowed.length === 0) {
      refuse(403, "its address is not among those allowed");
      return;
    }
    const authorised = allowed.filter((listener) => isAuthorised(listener, request, response));
    if (authorised.length === 0) {
      if (allowed.some(({ authenticator }) => authenticator?.hasTried(asking(request)))) refuse(401, "its credentials are wrong");
      else answer(request, response, plain(401, "credentials are needed"));
      return;
    }
    response.removeHeader("WWW-Authenticate");
    try {
      const maxBytes = Math.max(...authorised.map((listener) => listener.maxBytes));
      const body = await readBody(request, { maxBytes, timeoutMs: BODY_TIMEOUT_MS });
      if (body === undefined) return;
      const contentType = request.headers["content-type"];
      const post = { body, sender, path: pathOf(request.url ?? ""), contentType };
      const answers = await Promise.all(authorised.map((listener) => this.#receive(listener, post)));
      // The worst answer counts: only what everybody has taken over is delivered.
      answers.sort((a, b) => b.status - a.status);
      answer(request, response, answers[0] ?? plain(500, "failed"));
    } catch (thrown) {
      if (thrown instanceof BodyRefused) refuse(thrown.status, thrown.message);
      else answer(request, response, plain(500, toError(thrown).name));
    }
  }

  async #receive(listener: WebhookListener, post: WebhookPost): Promise<WebhookAnswer> {
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

function isAuthorised(
  { authenticator }: WebhookListener,
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  if (authenticator === undefined) return true;
  const verdict = authenticator.check(asking(request));
  if (verdict !== "accepted") response.setHeader("WWW-Authenticate", authenticator.challenges(verdict));
  return verdict === "accepted";
}

function asking({ method = "", url = "", headers }: IncomingMessage): AuthenticatedRequest {
  return { method, url, authorization: headers.authorization };
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { status, contentType, body }: WebhookAnswer,
): void {
  if (response.destroyed) return;
  const { socket } = request;
  response.statusCode = status;
  response.setHeader("Content-Type", contentType);
  response.setHeader("Content-Length", Buffer.byteLength(body));
  if (request.complete || status === 401 || status === 403 || status === 405) {
    keepAlive(request, response);
  } else {
    // The rest of a body that is too large, or never comes, is not waited for.
    response.setHeader("Connection", "close");
    response.once("finish", () => {
      socket.destroySoon();
    });
  }
  response.end(body);
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

function comparable(path: string): string {
  const trimmed = path.replace(/\/+$/, "");
  return trimmed.startsWith("/") ? trimmed : `/${trimmed}`;
}
