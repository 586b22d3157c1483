import { randomUUID } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { Agent, request } from "undici";
import type { Clock } from "../../core/clock";
import { SurveillanceError, toError } from "../../core/errors";
import { networkError } from "../../net/network-error";
import type { CallbackPost } from "./reports";

/** Of every node in this process: those at one path get each other's posts. The value is called when the post is here. */
const underWay = new Map<string, () => void>();
const HEADER = "x-callback-test";
/** Whoever gets it besides has to know that it is not from the platform. */
const BODY = JSON.stringify({ method: "OnEventNotify", params: { events: [] }, callbackTest: true });
const TIMEOUT_MS = 5000;
/** How OpenSSL and Node name what is wrong with a certificate. */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY/;
/** Node-RED may not listen yet when its flows start. */
const START_AFTER_MS = [0, 2000, 10_000];

/** @returns whether a request is a test of this process, which has herewith arrived */
export function isOwnCallbackTest(headers: IncomingHttpHeaders): boolean {
  const nonce = headers[HEADER];
  const arrived = typeof nonce === "string" ? underWay.get(nonce) : undefined;
  arrived?.();
  return arrived !== undefined;
}

/** @returns whether a post is the test of any Node-RED, and not from the platform */
export function isCallbackTest(body: Buffer): boolean {
  return body.length === BODY.length && body.toString("latin1") === BODY;
}

export interface CallbackTestOptions {
  clock: Clock;
  /** The address that the platform posts to; undefined where that is not known here. */
  url: string | undefined;
  /** The test at the start has failed, and the platform has not posted either. */
  onAdvice: (error: SurveillanceError) => void;
}

/**
 * Posts to the callback address, as the platform does, but without an event. From here that may fail where the platform gets
 * through (a router that does not lead its own outer address back in), so a failure is only advice.
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

  /** Tests once, with some patience. */
  start(): void {
    if (this.#started || this.#options.url === undefined) return;
    this.#started = true;
    this.#tryAfter(START_AFTER_MS);
  }

  /** The platform has posted: nothing is left to be tested. */
  proven(): void {
    this.#proven = true;
    this.#cancel?.();
  }

  /** Posts once; for all who ask meanwhile. Never rejects. */
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
      const { statusCode, body } = await request(url, {
        dispatcher,
        method: "POST",
        headers: { "Content-Type": "application/json;charset=UTF-8", [HEADER]: nonce },
        body: BODY,
        signal: AbortSignal.any([this.#closing.signal, AbortSignal.timeout(TIMEOUT_MS)]),
      });
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
  if (statusCode === 401) return "Log-in is asked for there (401): the platform cannot log in.";
  if (statusCode >= 200 && statusCode < 300) return "Something else answers at that address.";
  return `It did not get here: something at that address answered ${statusCode}.`;
}

function failure(thrown: unknown, url: string): string {
  const error = toError(thrown);
  if (error.name === "TimeoutError") return `Nothing answered within ${TIMEOUT_MS / 1000} s.`;
  const { origin } = new URL(url);
  const { code = "" } = error as NodeJS.ErrnoException;
  if (CERTIFICATE.test(code)) {
    return `The certificate of ${origin} is not trusted here (${code}: ${error.message}). HikCentral may trust it.`;
  }
  return networkError(error, origin).message;
}

function advice(message: string): SurveillanceError {
  return new SurveillanceError(
    "HCP_CALLBACK",
    `A test post from here to the callback address did not arrive: ${message}`,
    {
      advice:
        "If only HikCentral can reach that address (another network, NAT), this is all right: the status turns green with its first post.",
    },
  );
}
