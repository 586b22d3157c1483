import { randomUUID } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { Agent, request } from "undici";
import { steadyClock, type Clock } from "../../core/clock";
import { withDeadline } from "../../core/deadline";
import { SurveillanceError, toError } from "../../core/errors";
import { networkError } from "../../net/network-error";
import type { CallbackPost } from "./reports";

/**
 * The pending tests of all nodes in this process: nodes at the same path receive each other's posts. The value is
 * called when the post arrives.
 */
const underWay = new Map<string, () => void>();
const HEADER = "x-callback-test";
/** Another Node-RED at the address must recognise that the post is not from the platform. */
const BODY = JSON.stringify({ method: "OnEventNotify", params: { events: [] }, callbackTest: true });
const TIMEOUT_MS = 5000;
/** The error codes of OpenSSL and Node for certificates. */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY/;
/** Repeats the test, because Node-RED may not listen yet when its flows start. */
const START_AFTER_MS = [0, 2000, 10_000];

/** Tells whether a request is a test of this process, and marks the test as arrived. */
export function isOwnCallbackTest(headers: IncomingHttpHeaders): boolean {
  const nonce = headers[HEADER];
  const arrived = typeof nonce === "string" ? underWay.get(nonce) : undefined;
  arrived?.();
  return arrived !== undefined;
}

/** Tells whether a post is the test of any Node-RED, and not from the platform. */
export function isCallbackTest(body: Buffer): boolean {
  return body.length === BODY.length && body.toString("latin1") === BODY;
}

export interface CallbackTestOptions {
  clock: Clock;
  /** The address to which the platform posts; undefined if it is unknown. */
  url: string | undefined;
  /** Called if the test at the start has failed and the platform has not posted yet. */
  onAdvice: (error: SurveillanceError) => void;
}

/**
 * Posts to the callback address like the platform, but without an event. This machine's post may fail although the
 * platform's posts arrive, for example behind a router without NAT loopback. So a failure is only advice.
 */
export class CallbackTest {
  readonly #options: CallbackTestOptions;
  readonly #closing = new AbortController();
  #running: Promise<CallbackPost> | undefined;
  #started = false;
  #proven = false;
  #cancel: (() => void) | undefined;

  constructor(options: CallbackTestOptions) {
    this.#options = options;
  }

  /** Tests the address after the start, with a few attempts. */
  start(): void {
    if (this.#started || this.#options.url === undefined) return;
    this.#started = true;
    this.#tryAfter(START_AFTER_MS);
  }

  /** Ends the tests: the platform has posted. */
  proven(): void {
    this.#proven = true;
    this.#cancel?.();
  }

  /** Posts once. Calls during a post share its result. Never rejects. */
  post(): Promise<CallbackPost> {
    this.#running ??= this.#post().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  close(): void {
    this.#cancel?.();
    this.#closing.abort();
  }

  #tryAfter([wait = 0, ...waits]: readonly number[]): void {
    this.#cancel = this.#options.clock.after(wait, () => {
      void this.post().then((result) => {
        if (result.ok || this.#proven || this.#closing.signal.aborted) return;
        if (waits.length > 0) this.#tryAfter(waits);
        else this.#options.onAdvice(advice(result.message));
      });
    });
  }

  async #post(): Promise<CallbackPost> {
    const { url } = this.#options;
    if (url === undefined) return { ok: false, message: "The node has no callback address." };
    const nonce = randomUUID();
    const began = performance.now();
    const test = { arrived: false };
    underWay.set(nonce, () => (test.arrived = true));
    const dispatcher = new Agent({ connect: { timeout: TIMEOUT_MS } });
    try {
      const { statusCode, body } = await withDeadline(
        TIMEOUT_MS,
        steadyClock,
        this.#closing.signal,
        (signal) =>
          request(url, {
            dispatcher,
            method: "POST",
            headers: { "Content-Type": "application/json;charset=UTF-8", [HEADER]: nonce },
            body: BODY,
            signal,
          }),
      );
      body.on("error", () => undefined).destroy();
      if (!test.arrived) return { ok: false, message: refusal(statusCode) };
      return { ok: true, durationMs: Math.round(performance.now() - began) };
    } catch (thrown) {
      return { ok: false, message: failure(thrown, url) };
    } finally {
      underWay.delete(nonce);
      await dispatcher.destroy();
    }
  }
}

function refusal(statusCode: number): string {
  if (statusCode === 401) return "That address requires a login (401), and HikCentral cannot log in.";
  if (statusCode >= 200 && statusCode < 300) return "Another server responds at that address.";
  return `The post did not reach this node: another server responded with ${statusCode}.`;
}

function failure(thrown: unknown, url: string): string {
  const error = toError(thrown);
  if (error.name === "TimeoutError") return `No response within ${TIMEOUT_MS / 1000} s.`;
  const { origin } = new URL(url);
  const { code = "" } = error as NodeJS.ErrnoException;
  if (CERTIFICATE.test(code)) {
    return `This machine does not trust the certificate of ${origin} (${code}: ${error.message}). HikCentral may trust it.`;
  }
  return networkError(error, origin).message;
}

function advice(message: string): SurveillanceError {
  return new SurveillanceError(
    "HCP_CALLBACK",
    `A test post from this machine to the callback address did not arrive: ${message}`,
    {
      advice:
        "If only HikCentral can reach that address (another network, NAT), ignore this: the status turns green with the first post.",
    },
  );
}
