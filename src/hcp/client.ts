import { randomUUID } from "node:crypto";
import { setMaxListeners } from "node:events";
import type { ConnectionOptions } from "node:tls";
import { Agent, type Dispatcher } from "undici";
import { SurveillanceError } from "../core/errors";
import { FairLimiter } from "../core/limiter";
import { networkError } from "../net/network-error";
import { createRedactor } from "../core/redact";
import { gatewayAddress, operationPath, type GatewayAddress } from "./address";
import type { Operation } from "./catalogue/types";
import { DEFAULT_CONCURRENCY, DEFAULT_PENDING } from "./client-defaults";
import { GiveUp } from "./give-up";
import { post } from "./http";
import { operationOf, operationRequest } from "./operation-request";
import { errorOfSent, isSafeToRetry } from "./outcome";
import { walkPages, type HcpPage } from "./paging";
import { readReply, type HcpReply, type Reply } from "./reply";
import { checkHeaders, checkUserId } from "./request-headers";
import { sign } from "./sign";

export interface HcpClientOptions {
  /** `https://host[:port]` of the OpenAPI gateway. */
  url: string;
  /** Default `/artemis`; `/` where the operations lie at the root. */
  contextPath?: string | undefined;
  appKey: string;
  appSecret: string;
  /** HikCentral user on whose behalf requests are made; default: the one the partner is linked to. */
  userId?: string | undefined;
  /** Default true. False accepts any certificate, of this server only. */
  verifyTls?: boolean | undefined;
  /** Certificate authority, client certificate, server name. */
  tls?: Pick<ConnectionOptions, "ca" | "cert" | "key" | "passphrase" | "servername"> | undefined;
  /** Seconds a request may take from when it is sent, its retries included; default 10. */
  timeout?: number | undefined;
  /** Requests that are under way at once; default 8. */
  concurrency?: number | undefined;
  /** Requests of one user (see {@link HcpRequestOptions.signal}) that may wait for their turn; default 10,000. */
  pending?: number | undefined;
  /** Replaces the connections this client would make itself; stays the caller's to close. */
  dispatcher?: Dispatcher;
  /** Milliseconds since 1970; default the system's clock. */
  now?: () => number;
  /** 0 ≤ x < 1, for the jitter of retries. */
  random?: () => number;
}

export interface HcpRequestOptions {
  userId?: string | undefined;
  /** More that the operation takes in the header, such as `domainId`. */
  headers?: Readonly<Record<string, string>> | undefined;
  /**
   * Gives the request up. It also tells whose request it is: those of one signal wait in a line of their own, and the lines
   * are served in turn.
   */
  signal?: AbortSignal | undefined;
  /** True where the request changes something: without an answer, it is HCP_OUTCOME_UNKNOWN. */
  changes?: boolean | undefined;
  /** Told when the request's turn has come. */
  onSent?: (() => void) | undefined;
}

const MAX_ATTEMPTS = 3;
const RETRY_BASE_MS = 250;

/**
 * One HikCentral Professional server: signed requests to its OpenAPI gateway over shared keep-alive connections.
 * Source: HikCentral Professional OpenAPI guide 2.2.2, chapter 3.
 */
export class HcpClient {
  readonly #options: HcpClientOptions;
  readonly #address: GatewayAddress;
  readonly #timeoutMs: number;
  readonly #dispatcher: Dispatcher;
  readonly #redact: (text: string) => string;
  readonly #turns: FairLimiter;
  /** What gives up each request. */
  readonly #underWay = new Set<() => void>();
  #closed = false;

  /** @throws {SurveillanceError} CONFIG_INVALID when address, key, secret or user id cannot be right */
  constructor(options: HcpClientOptions) {
    const { url, contextPath, appKey, appSecret, userId, verifyTls = true, tls, timeout = 10 } = options;
    const { concurrency = DEFAULT_CONCURRENCY, pending = DEFAULT_PENDING } = options;
    if (appKey === "" || appSecret === "") {
      throw new SurveillanceError("CONFIG_INVALID", "App key and app secret are needed.", {
        advice: "They are in the partner's details in the Open Platform.",
      });
    }
    checkUserId(userId);
    this.#options = options;
    this.#address = gatewayAddress(url, contextPath);
    this.#timeoutMs = timeout * 1000;
    this.#redact = createRedactor([appSecret, appKey]);
    this.#turns = new FairLimiter({ concurrency, pending });
    this.#dispatcher =
      options.dispatcher ??
      new Agent({
        connections: concurrency,
        connect: { ...tls, rejectUnauthorized: verifyTls, timeout: this.#timeoutMs },
        // The whole request has a deadline of its own.
        headersTimeout: 0,
        bodyTimeout: 0,
      });
  }

  /** The server's host name or address: where generic events go, too, unless told otherwise. */
  get host(): string {
    return this.#address.host;
  }

  /** Seconds a request may take. */
  get timeout(): number {
    return this.#timeoutMs / 1000;
  }

  /**
   * Calls an operation.
   *
   * @param path `/artemis/api/…` as in the guide, or `/api/…`; may hold a query
   * @param body what becomes the JSON body
   * @throws {HcpError} what the gateway refused, with its code in `gatewayCode`
   * @throws {SurveillanceError} what kept the request from being answered: HOST_UNKNOWN, CONNECTION_REFUSED,
   *   CONNECTION_LOST, TLS_FAILED, TIMEOUT, TOO_LARGE, QUEUE_FULL, CLOSED; HCP_OUTCOME_UNKNOWN in place of these where
   *   something that changes was sent; CONFIG_INVALID for a bad path or user id
   */
  async request(path: string, body: object = {}, options: HcpRequestOptions = {}): Promise<HcpReply> {
    checkHeaders(options);
    const target = operationPath(path, this.#address.contextPath);
    const { signal } = options;
    const givenUp = (): Error => new SurveillanceError("CLOSED", `The request for ${target} was given up.`);
    if (this.#closed || signal?.aborted) throw givenUp();
    if (this.#turns.isFull(signal)) {
      throw new SurveillanceError(
        "QUEUE_FULL",
        `${this.#turns.pending} requests to HikCentral are waiting already.`,
        { advice: "Send fewer at a time, or let more of them wait." },
      );
    }
    await this.#turns.enter(signal, givenUp);
    try {
      options.onSent?.();
      return await this.#inTurn(target, body, options, givenUp);
    } finally {
      this.#turns.leave();
    }
  }

  /**
   * Calls an operation of the catalogue, which is checked before it is sent.
   *
   * @param operation its id, `resource/cameras`, or itself
   * @param body its parameters, those that go into the header included; times as Date, milliseconds or text, binary
   *   data as Buffer or Base64
   * @throws {SurveillanceError} HCP_PARAMETER_INVALID naming what is wrong with the parameters; CONFIG_INVALID for an
   *   operation that is not known; and all that {@link request} throws
   */
  async call(
    operation: string | Operation,
    body: object = {},
    options: HcpRequestOptions = {},
  ): Promise<HcpReply> {
    const known = typeof operation === "string" ? operationOf(operation) : operation;
    const { userId, headers } = options;
    const request = operationRequest(known, body, {
      headers: { ...headers, ...(userId !== undefined && { userId }) },
    });
    const { userId: user, ...others } = request.headers;
    const { changes = known.changes } = options;
    return this.request(request.path, request.body, { ...options, changes, userId: user, headers: others });
  }

  /**
   * Calls an operation of the catalogue for each of its pages, one after the other; once where it has none.
   *
   * @throws what {@link call} throws
   */
  async *pages(
    operation: string | Operation,
    body: object = {},
    options: HcpRequestOptions = {},
  ): AsyncGenerator<HcpPage, void> {
    const known = typeof operation === "string" ? operationOf(operation) : operation;
    const ask = (page: object): Promise<HcpReply> => this.call(known, page, options);
    if (known.paging !== undefined) yield* walkPages(ask, known.paging, body);
    else yield { reply: await ask(body), index: 0, entries: [], reached: 0, pages: 1 };
  }

  /** A client of the same server with connections of its own, for what is left to be done once this one is closed. */
  fresh(): HcpClient {
    return new HcpClient(this.#options);
  }

  /** Gives up what is under way and closes the connections. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#turns.clear();
    for (const giveUp of this.#underWay) giveUp();
    if (this.#options.dispatcher === undefined) await this.#dispatcher.destroy();
  }

  /** A request whose turn has come: only now its time begins. */
  async #inTurn(
    target: string,
    body: object,
    options: HcpRequestOptions,
    givenUp: () => Error,
  ): Promise<HcpReply> {
    const { signal, changes } = options;
    const started = performance.now();
    const giveUp = new GiveUp();
    const close = (): void => {
      giveUp.now(givenUp());
    };
    const timer = setTimeout(() => {
      giveUp.now(this.#timedOut(target));
    }, this.#timeoutMs);
    this.#underWay.add(close);
    if (this.#closed || signal?.aborted) close();
    // A listener for each request under way is not a leak.
    if (signal !== undefined) setMaxListeners(0, signal);
    signal?.addEventListener("abort", close);
    try {
      const reply = await this.#withRetries(
        () => this.#attempt(target, body, options, giveUp),
        giveUp,
        started + this.#timeoutMs,
      );
      return Object.assign(reply, { path: target, durationMs: Math.round(performance.now() - started) });
    } catch (error) {
      throw changes === true && giveUp.sent ? errorOfSent(error, target) : error;
    } finally {
      clearTimeout(timer);
      this.#underWay.delete(close);
      signal?.removeEventListener("abort", close);
    }
  }

  #timedOut(target: string): SurveillanceError {
    return new SurveillanceError(
      "TIMEOUT",
      `HikCentral at ${this.#address.origin} did not answer ${target} within ${this.timeout} s.`,
      { advice: "Check host, port and firewall, or allow more time." },
    );
  }

  /**
   * Sends anew what provably had no effect, as long as attempts and time are left.
   *
   * @param endsAt when the request's time is over, by `performance.now()`
   */
  async #withRetries(attempt: () => Promise<Reply>, giveUp: GiveUp, endsAt: number): Promise<Reply> {
    const { random = Math.random } = this.#options;
    for (let attempts = 1; ; attempts += 1) {
      let error: SurveillanceError;
      try {
        return await attempt();
      } catch (thrown) {
        if (giveUp.reason !== undefined) throw giveUp.reason;
        error = networkError(thrown, `HikCentral at ${this.#address.origin}`);
      }
      // Half of the pause is fixed and half by chance, so that the retries of many clients spread out.
      const pause = RETRY_BASE_MS * 2 ** attempts * (0.5 + random() / 2);
      const timeIsUp = performance.now() + pause > endsAt;
      if (attempts === MAX_ATTEMPTS || timeIsUp || !isSafeToRetry(error)) throw error;
      // It was turned away, so nothing is out any more.
      giveUp.sent = false;
      await giveUp.pause(pause);
    }
  }

  async #attempt(
    target: string,
    body: object,
    { userId, headers }: HcpRequestOptions,
    giveUp: GiveUp,
  ): Promise<Reply> {
    const { appKey, appSecret, now = Date.now } = this.#options;
    const url = new URL(this.#address.origin + target);
    const user = userId ?? this.#options.userId;
    const sent: Record<string, string> = {
      Accept: "*/*",
      "Content-Type": "application/json",
      "X-Ca-Key": appKey,
      "X-Ca-Nonce": randomUUID(),
      "X-Ca-Timestamp": String(now()),
      ...headers,
    };
    if (user !== undefined) sent.userId = user;
    const path = url.pathname;
    const query = url.search === "" ? undefined : url.searchParams;
    const signature = sign({ method: "POST", path, query, headers: sent, secret: appSecret });
    sent["X-Ca-Signature"] = signature.signature;
    sent["X-Ca-Signature-Headers"] = signature.signatureHeaders;
    const request = {
      origin: url.origin,
      path: path + url.search,
      headers: sent,
      body: JSON.stringify(body),
    };
    const reply = await post(this.#dispatcher, request, giveUp);
    return readReply(reply, { path, stringToSign: signature.stringToSign, now, redact: this.#redact });
  }
}
