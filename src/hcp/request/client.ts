import { setMaxListeners } from "node:events";
import type { ConnectionOptions } from "node:tls";
import { Agent, type Dispatcher } from "undici";
import { backoff } from "../../core/backoff";
import { SurveillanceError } from "../../core/errors";
import { FairLimiter } from "../../core/limiter";
import { createRedactor } from "../../core/redact";
import { networkError } from "../../net/network-error";
import type { Operation } from "../catalogue/types";
import { DEFAULT_CONCURRENCY, DEFAULT_PENDING, DEFAULT_TIMEOUT } from "../defaults";
import { gatewayAddress, operationPath, type GatewayAddress } from "./gateway-address";
import { Cancellation, post } from "./http";
import { operationOf, operationRequest } from "./operation-request";
import { errorOfSent, isSafeToRetry } from "./outcome";
import { walkPages, type HcpPage } from "./paging";
import { readResponse, type GatewayResponse, type HcpResponse } from "./response";
import { checkHeaders, checkUserId, signedRequest } from "./signed-request";

export interface HcpClientOptions {
  /** `https://host[:port]` of the OpenAPI gateway. */
  url: string;
  /** Default `/artemis`; `/` if the operations are at the root. */
  contextPath?: string | undefined;
  appKey: string;
  appSecret: string;
  /** HikCentral user on whose behalf requests are made; default: the user that is linked to the partner. */
  userId?: string | undefined;
  /** Default true. False accepts any certificate, of this server only. */
  verifyTls?: boolean | undefined;
  /** Certificate authority, client certificate, server name. */
  tls?: Pick<ConnectionOptions, "ca" | "cert" | "key" | "passphrase" | "servername"> | undefined;
  /** The timeout of a request in seconds from when it is sent, retries included; default 10. */
  timeout?: number | undefined;
  /** Requests that are sent at the same time; default 8. */
  concurrency?: number | undefined;
  /** Requests of one user (see {@link HcpRequestOptions.signal}) that may wait for their turn; default 10,000. */
  pending?: number | undefined;
  /** Replaces the client's own connections. The caller closes it. */
  dispatcher?: Dispatcher;
  /** Milliseconds since 1970; default the system's clock. */
  now?: () => number;
  /** 0 ≤ x < 1, for the jitter of retries. */
  random?: () => number;
}

export interface HcpRequestOptions {
  userId?: string | undefined;
  /** More header parameters of the operation, such as `domainId`. */
  headers?: Readonly<Record<string, string>> | undefined;
  /**
   * Cancels the request. It also identifies the user of the client: each signal has a separate queue, and the queues
   * are served in turn.
   */
  signal?: AbortSignal | undefined;
  /** True if the request changes something: without a response it fails with HCP_OUTCOME_UNKNOWN. */
  changes?: boolean | undefined;
  /** Called when the request's turn has come. */
  onSent?: (() => void) | undefined;
}

const MAX_ATTEMPTS = 3;
const FIRST_RETRY_MS = 500;

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
  /** Cancels each request under way. */
  readonly #underWay = new Set<() => void>();
  #closed = false;

  /** @throws {SurveillanceError} CONFIG_INVALID for an address, key, secret or user id that is not valid */
  constructor(options: HcpClientOptions) {
    const { url, contextPath, appKey, appSecret, userId, verifyTls = true, tls } = options;
    const {
      timeout = DEFAULT_TIMEOUT,
      concurrency = DEFAULT_CONCURRENCY,
      pending = DEFAULT_PENDING,
    } = options;
    if (appKey === "" || appSecret === "") {
      throw new SurveillanceError("CONFIG_INVALID", "App key or app secret is missing.", {
        advice: "Copy both from the partner's details in the Open Platform.",
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
        // The request as a whole has a timeout.
        headersTimeout: 0,
        bodyTimeout: 0,
      });
  }

  /** Returns the host name or address of the server. Generic events go there by default. */
  get host(): string {
    return this.#address.host;
  }

  /** Returns the timeout of a request in seconds. */
  get timeout(): number {
    return this.#timeoutMs / 1000;
  }

  /**
   * Calls an operation.
   *
   * @param path `/artemis/api/…` as in the guide, or `/api/…`; may have a query
   * @param body the JSON body
   * @throws {HcpError} the gateway rejected the request; its code is in `gatewayCode`
   * @throws {SurveillanceError} no response: HOST_UNKNOWN, CONNECTION_REFUSED, CONNECTION_LOST, TLS_FAILED, TIMEOUT,
   *   TOO_LARGE, QUEUE_FULL, CLOSED; HCP_OUTCOME_UNKNOWN instead of these if the request was sent and changes
   *   something; CONFIG_INVALID for a bad path or user id
   */
  async request(path: string, body: object = {}, options: HcpRequestOptions = {}): Promise<HcpResponse> {
    checkHeaders(options);
    const target = operationPath(path, this.#address.contextPath);
    const { signal } = options;
    const closed = (): Error => new SurveillanceError("CLOSED", `The request for ${target} was cancelled.`);
    if (this.#closed || signal?.aborted) throw closed();
    if (this.#turns.isFull(signal)) {
      throw new SurveillanceError(
        "QUEUE_FULL",
        `The request queue is full (${this.#turns.pending} requests).`,
        { advice: "Send fewer requests at a time, or raise the limit of pending requests." },
      );
    }
    await this.#turns.enter(signal, closed);
    try {
      options.onSent?.();
      return await this.#inTurn(target, body, options, closed);
    } finally {
      this.#turns.leave();
    }
  }

  /**
   * Checks a request against the catalogue and calls the operation.
   *
   * @param operation its id, such as `resource/cameras`, or the operation itself
   * @param body its parameters, header parameters included; times as Date, milliseconds or text, binary data as Buffer
   *   or Base64
   * @throws {SurveillanceError} HCP_PARAMETER_INVALID for wrong parameters; CONFIG_INVALID for an unknown operation;
   *   and all errors of {@link request}
   */
  async call(
    operation: string | Operation,
    body: object = {},
    options: HcpRequestOptions = {},
  ): Promise<HcpResponse> {
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
   * Calls an operation of the catalogue page by page, or once if it has no pages.
   *
   * @throws all errors of {@link call}
   */
  async *pages(
    operation: string | Operation,
    body: object = {},
    options: HcpRequestOptions = {},
  ): AsyncGenerator<HcpPage, void> {
    const known = typeof operation === "string" ? operationOf(operation) : operation;
    const request = (page: object): Promise<HcpResponse> => this.call(known, page, options);
    if (known.paging !== undefined) yield* walkPages(request, known.paging, body);
    else yield { response: await request(body), index: 0, entries: [], reached: 0, pages: 1 };
  }

  /**
   * Returns a client of the same server with separate connections, for work that remains after this client is closed.
   */
  fresh(): HcpClient {
    return new HcpClient(this.#options);
  }

  /** Cancels the requests under way and closes the connections. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#turns.clear();
    for (const cancel of this.#underWay) cancel();
    if (this.#options.dispatcher === undefined) await this.#dispatcher.destroy();
  }

  /** Sends a request whose turn has come. Its timeout starts now. */
  async #inTurn(
    target: string,
    body: object,
    options: HcpRequestOptions,
    closed: () => Error,
  ): Promise<HcpResponse> {
    const { signal, changes } = options;
    const started = performance.now();
    const cancellation = new Cancellation();
    const close = (): void => {
      cancellation.cancel(closed());
    };
    const timer = setTimeout(() => {
      cancellation.cancel(this.#timedOut(target));
    }, this.#timeoutMs);
    this.#underWay.add(close);
    if (this.#closed || signal?.aborted) close();
    // A listener for each request under way is not a leak.
    if (signal !== undefined) setMaxListeners(0, signal);
    signal?.addEventListener("abort", close);
    try {
      const response = await this.#withRetries(
        () => this.#attempt(target, body, options, cancellation),
        cancellation,
        started + this.#timeoutMs,
      );
      return Object.assign(response, { path: target, durationMs: Math.round(performance.now() - started) });
    } catch (error) {
      throw changes === true && cancellation.sent ? errorOfSent(error, target) : error;
    } finally {
      clearTimeout(timer);
      this.#underWay.delete(close);
      signal?.removeEventListener("abort", close);
    }
  }

  #timedOut(target: string): SurveillanceError {
    return new SurveillanceError(
      "TIMEOUT",
      `HikCentral at ${this.#address.origin} did not respond to ${target} within ${this.timeout} s.`,
      { advice: "Check host, port and firewall, or increase the timeout." },
    );
  }

  /**
   * Sends a request, and sends it again if it certainly had no effect, while attempts and time are left.
   *
   * @param endsAt the end of the timeout, by `performance.now()`
   */
  async #withRetries(
    attempt: () => Promise<GatewayResponse>,
    cancellation: Cancellation,
    endsAt: number,
  ): Promise<GatewayResponse> {
    const { random = Math.random } = this.#options;
    for (let attempts = 1; ; attempts += 1) {
      let error: SurveillanceError;
      try {
        return await attempt();
      } catch (thrown) {
        if (cancellation.reason !== undefined) throw cancellation.reason;
        error = networkError(thrown, `HikCentral at ${this.#address.origin}`);
      }
      const pause = backoff(attempts - 1, { first: FIRST_RETRY_MS, jitter: [0.5, 1] }, random);
      const timeIsUp = performance.now() + pause > endsAt;
      if (attempts === MAX_ATTEMPTS || timeIsUp || !isSafeToRetry(error)) throw error;
      // The gateway rejected it, so it can no longer take effect.
      cancellation.sent = false;
      await cancellation.pause(pause);
    }
  }

  async #attempt(
    target: string,
    body: object,
    { userId = this.#options.userId, headers }: HcpRequestOptions,
    cancellation: Cancellation,
  ): Promise<GatewayResponse> {
    const { appKey, appSecret, now = Date.now } = this.#options;
    const { request, path, stringToSign } = signedRequest({
      ...{ origin: this.#address.origin, target, appKey, appSecret, userId, headers, body },
      now: now(),
    });
    const response = await post(this.#dispatcher, request, cancellation);
    return readResponse(response, { path, stringToSign, now, redact: this.#redact });
  }
}
