import { setMaxListeners } from "node:events";
import { pipeline, type Readable } from "node:stream";
import { systemClock, type Clock } from "../../core/clock";
import { SurveillanceError } from "../../core/errors";
import { FairLimiter } from "../../core/limiter";
import { networkError } from "../../net/network-error";
import { deviceOrigin } from "./origin";
import { Authenticator, type AuthMode } from "./authenticator";
import { isVerified, openConnections, type Connections, type TlsOptions } from "./connections";
import {
  MAX_ERROR_BYTES,
  pathOf,
  type BufferedResponse,
  type ConnectionUse,
  type IsapiRequest,
  type IsapiResponse,
  type RequestBudget,
} from "./messages";
import { Login } from "./login";
import { sendOver } from "./separate-connection";
import { DOWNLOAD_PROGRESS_BYTES, PROGRESS_BYTES, ProgressGuard } from "./progress-guard";
import { isSuccess, readResponseStatus, statusError } from "./response-status";

export interface IsapiClientOptions extends TlsOptions {
  /** `http[s]://host[:port]` */
  url: string;
  username: string;
  password: string;
  auth?: AuthMode | undefined;
  /**
   * Seconds; default 10. It limits the time to connect, the wait for the start of a response, and the response itself:
   * a short one as a whole, a long one per 64 KiB, a download per 4 KiB.
   */
  timeout?: number | undefined;
  clock?: Clock;
}

/** The largest response in memory. A full-resolution image is much smaller. */
const MAX_RESPONSE_BYTES = 32 * 1024 * 1024;
/** The longest ResponseStatus with HTTP 200. */
const MAX_STATUS_BYTES = 16 * 1024;
/** Recorders read from one disk, and cameras serve other clients too. */
const MAX_DOWNLOADS = 2;

/** Sends authenticated requests to one device, over connections that all its users share. */
export class IsapiClient {
  readonly origin: URL;
  /** The device's name in messages. */
  readonly where: string;
  readonly #connections: Connections;
  readonly #authenticator: Authenticator;
  readonly #login: Login;
  readonly #downloads = new FairLimiter({ concurrency: MAX_DOWNLOADS, pending: Infinity });
  /** Milliseconds; see the options. */
  readonly timeout: number;
  #closed = false;

  /** @throws {SurveillanceError} CONFIG_INVALID */
  constructor(options: IsapiClientOptions) {
    this.origin = deviceOrigin(options.url);
    this.where = this.origin.host;
    this.timeout = (options.timeout ?? 10) * 1000;
    this.#authenticator = new Authenticator({
      username: options.username,
      password: options.password,
      mode: options.auth ?? "auto",
      verified: this.origin.protocol === "https:" && isVerified(options),
      where: this.where,
      clock: options.clock ?? systemClock,
    });
    this.#login = new Login(
      this.#authenticator,
      (request, authorization) => this.#send(request, authorization),
      (request) => this.nameOf(request),
    );
    this.#connections = openConnections(this.origin, options, this.timeout);
  }

  /** The milliseconds for which requests pause, because the device rejected the password. */
  get heldFor(): number | undefined {
    return this.#authenticator.heldFor;
  }

  /** Aborts all pending requests. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#connections.close();
  }

  /**
   * Sends a request and returns the response when it starts. Its status is not 401.
   *
   * @throws {SurveillanceError} ISAPI_AUTH, ISAPI_LOCKED, ISAPI_AUTH_SCHEME, CONFIG_INVALID, CLOSED, or the error of
   * the connection
   */
  async request(request: IsapiRequest): Promise<IsapiResponse> {
    if (!/^\/[\x21-\x7e]*$/.test(request.path)) {
      throw new SurveillanceError(
        "CONFIG_INVALID",
        `Invalid path "${request.path}": it must begin with / and must not contain spaces.`,
        { advice: "Percent-encode all characters that are not plain ASCII." },
      );
    }
    // One listener per pending request is not a leak.
    if (request.signal !== undefined) setMaxListeners(0, request.signal);
    return request.connection === "download" ? this.#download(request) : this.#login.request(request);
  }

  async #download(request: IsapiRequest): Promise<IsapiResponse> {
    const { signal } = request;
    if (signal?.aborted === true) throw this.#closedError(request);
    await this.#downloads.enter(signal, () => this.#closedError(request));
    try {
      const response = await this.#login.request(request);
      response.body.once("close", () => {
        this.#downloads.leave();
      });
      return response;
    } catch (thrown) {
      this.#downloads.leave();
      throw thrown;
    }
  }

  /**
   * Sends a request and reads the whole response.
   *
   * @throws {SurveillanceError} as `request` does, TOO_LARGE, and an IsapiError if the device reports an error
   */
  async read(request: IsapiRequest): Promise<BufferedResponse> {
    const response = await this.request(request);
    const body = await this.#collect(response.body, request);
    const text = body.length <= MAX_STATUS_BYTES ? body.toString() : "";
    if (response.status < 200 || response.status > 299) {
      throw statusError(response.status, body.toString("utf8", 0, MAX_ERROR_BYTES), this.nameOf(request));
    }
    const status = readResponseStatus(text);
    if (status !== undefined && !isSuccess(status)) {
      throw statusError(response.status, text, this.nameOf(request));
    }
    return { ...response, body };
  }

  async #send(request: IsapiRequest, authorization: string | undefined): Promise<IsapiResponse> {
    const method = request.method ?? "GET";
    const headers = { ...request.headers, ...(authorization === undefined ? {} : { authorization }) };
    for (let attempt = 1; ; attempt += 1) {
      if (request.budget !== undefined) spend(request.budget, this.nameOf(request));
      try {
        const response = await this.#sendOnce(request, method, headers);
        const isEndless = response.socket !== undefined || (isStream(request) && response.status === 200);
        return isEndless ? response : { ...response, body: this.#guarded(response.body, request) };
      } catch (thrown) {
        // The device may close an idle connection at the moment of its next use.
        const wasIdle = (thrown as NodeJS.ErrnoException).code === "UND_ERR_SOCKET";
        if (method === "GET" && wasIdle && attempt === 1 && !this.#closed) continue;
        throw this.#failure(thrown, request);
      }
    }
  }

  async #sendOnce(
    request: IsapiRequest,
    method: string,
    headers: Record<string, string>,
  ): Promise<IsapiResponse> {
    const { path, body, signal, connection = "shared" } = request;
    const { timeout } = this;
    if (connection === "download" || connection === "talk" || connection === "urgent") {
      const socket = await this.#connections.dial(signal);
      const talk = connection === "talk";
      return sendOver({ socket, host: this.where, method, path, headers, body, timeout, signal, talk });
    }
    const response = await this.#connections[pools[connection]].request({
      method,
      path,
      headers,
      body: body ?? null,
      signal: signal ?? null,
      headersTimeout: connection === "lateEventStream" ? 0 : timeout,
      bodyTimeout: isStream(request) ? 0 : timeout,
      // undici 7 ends the process if a device closes the connection while the response is paused.
      highWaterMark: MAX_RESPONSE_BYTES,
    });
    return { status: response.statusCode, headers: response.headers, body: response.body };
  }

  #guarded(body: Readable, { connection }: IsapiRequest): Readable {
    const progress = connection === "download" ? DOWNLOAD_PROGRESS_BYTES : PROGRESS_BYTES;
    // The guard passes errors to its reader.
    return pipeline(body, new ProgressGuard(this.timeout, progress), () => undefined);
  }

  async #collect(body: Readable, request: IsapiRequest): Promise<Buffer> {
    const chunks: Buffer[] = [];
    let size = 0;
    try {
      for await (const chunk of body as AsyncIterable<Buffer>) {
        size += chunk.length;
        if (size > MAX_RESPONSE_BYTES) {
          throw new SurveillanceError(
            "TOO_LARGE",
            `${this.nameOf(request)}: the response is larger than ${MAX_RESPONSE_BYTES} bytes.`,
            { advice: "Save it to a file." },
          );
        }
        chunks.push(chunk);
      }
    } catch (thrown) {
      throw this.#failure(thrown, request);
    }
    return Buffer.concat(chunks);
  }

  #failure(thrown: unknown, request: IsapiRequest): Error {
    return this.#closed || request.signal?.aborted === true
      ? this.#closedError(request)
      : networkError(thrown, this.nameOf(request));
  }

  #closedError(request: IsapiRequest): SurveillanceError {
    return new SurveillanceError("CLOSED", `${this.nameOf(request)} was cancelled.`);
  }

  /** Returns a request's name in messages, without the query, which may contain secrets. */
  nameOf(request: IsapiRequest): string {
    return `${request.method ?? "GET"} ${pathOf(request)} at ${this.where}`;
  }
}

/** The pool of each use that does not open a separate connection. */
const pools = {
  shared: "requests",
  eventStream: "stream",
  lateEventStream: "stream",
  stream: "otherStreams",
} as const satisfies Partial<Record<ConnectionUse, keyof Connections>>;

/** Tells whether a response with status 200 does not end. */
function isStream({ connection }: IsapiRequest): boolean {
  return connection === "eventStream" || connection === "lateEventStream" || connection === "stream";
}

function spend(budget: RequestBudget, name: string): void {
  if (budget.left <= 0) {
    throw new SurveillanceError("ISAPI_BUSY", `${name}: failed after too many attempts.`);
  }
  budget.left -= 1;
}
