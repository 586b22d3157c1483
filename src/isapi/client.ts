import { setMaxListeners } from "node:events";
import { pipeline, type Duplex, type Readable } from "node:stream";
import type { Dispatcher } from "undici";
import { systemClock, type Clock } from "../core/clock";
import { SurveillanceError } from "../core/errors";
import { networkError } from "../net/network-error";
import { deviceOrigin } from "./address";
import { Authenticator, type AuthMode } from "./authenticator";
import { isVerified, openConnections, type Connections, type TlsOptions } from "./connections";
import { MAX_ERROR_BYTES } from "./error-text";
import { Login } from "./login";
import { sendOver } from "./own-connection";
import { BULK_PROGRESS_BYTES, Paced, PROGRESS_BYTES } from "./paced";
import { isSuccess, readResponseStatus, statusError } from "./response-status";
import { Slots } from "./slots";

export { readText } from "./error-text";

export interface IsapiClientOptions extends TlsOptions {
  /** `http[s]://host[:port]` */
  url: string;
  username: string;
  password: string;
  auth?: AuthMode | undefined;
  /**
   * Seconds to connect in, in which an answer must begin, and in which all of it must come, or of a long one each
   * 64 KiB, of a file each 4 KiB; default 10.
   */
  timeout?: number | undefined;
  clock?: Clock;
}

/** How many more times something may be sent, over all retries of one task. */
export interface RequestBudget {
  left: number;
}

export interface IsapiRequest {
  method?: string;
  /** Path and query, from `/` on. */
  path: string;
  body?: string | Buffer | undefined;
  headers?: Record<string, string>;
  signal?: AbortSignal | undefined;
  budget?: RequestBudget | undefined;
  /** An answer without end: the event stream, over its one connection, or another one, over a connection of its own. */
  lasting?: boolean | "other";
  /** The answer may begin any time later. */
  patient?: boolean;
  /** The connection is kept, to be written to once the device has answered. */
  talks?: boolean;
  /** The answer is large, and read as slowly as a disk writes. */
  bulk?: boolean;
  /** Waits for nothing, and goes out even while a refused password keeps everything else back. */
  urgent?: boolean;
}

export interface IsapiResponse {
  status: number;
  /** Names in lower case. */
  headers: Record<string, string | string[] | undefined>;
  /** Must be read or destroyed. */
  body: Readable;
  /** Of a request that `talks`: to be destroyed, and the body left alone as long as it is in use. */
  connection?: Duplex;
}

export interface IsapiAnswer extends Omit<IsapiResponse, "body" | "connection"> {
  body: Buffer;
}

/** The largest answer that is held in memory: a full-resolution picture is well below. */
const MAX_ANSWER_BYTES = 32 * 1024 * 1024;
/** A ResponseStatus that comes with HTTP 200 is short. */
const MAX_STATUS_BYTES = 16 * 1024;
/** Recorders read from one disk, and cameras have to serve others too. */
const BULK_CONNECTIONS = 2;

/** One device: authenticated requests over connections that all its users share. */
export class IsapiClient {
  readonly origin: URL;
  /** The device as messages name it. */
  readonly where: string;
  readonly #connections: Connections;
  readonly #authenticator: Authenticator;
  readonly #login: Login;
  readonly #bulk = new Slots(BULK_CONNECTIONS);
  /** Milliseconds, see the options. */
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

  /** Milliseconds since 1970 until which nothing is sent, because the password was refused. */
  get heldUntil(): number | undefined {
    return this.#authenticator.heldUntil;
  }

  /** Breaks off whatever is under way. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#connections.close();
  }

  /**
   * Sends a request and gives the answer as it begins, whatever its status but 401.
   *
   * @throws {SurveillanceError} ISAPI_AUTH, ISAPI_LOCKED, ISAPI_AUTH_SCHEME, CONFIG_INVALID, CLOSED, or what kept the
   * connection from working
   */
  async request(request: IsapiRequest): Promise<IsapiResponse> {
    if (!/^\/[\x21-\x7e]*$/.test(request.path)) {
      throw new SurveillanceError(
        "CONFIG_INVALID",
        `A path begins with / and has no blanks: "${request.path}".`,
        {
          advice: "Percent-encode what is not plain ASCII.",
        },
      );
    }
    // As many listeners as requests under way are not a leak.
    if (request.signal !== undefined) setMaxListeners(0, request.signal);
    if (request.bulk !== true) return this.#login.request(request);
    const leave = await this.#bulk.take(request.signal).catch((thrown: unknown) => {
      throw this.#failure(thrown, request);
    });
    try {
      const response = await this.#login.request(request);
      response.body.once("close", leave);
      return response;
    } catch (thrown) {
      leave();
      throw thrown;
    }
  }

  /**
   * Sends a request and reads the whole answer.
   *
   * @throws {SurveillanceError} as `request` does, TOO_LARGE, and an IsapiError where the device reports one
   */
  async read(request: IsapiRequest): Promise<IsapiAnswer> {
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
        const own = request.talks === true || request.bulk === true || request.urgent === true;
        const response = await (own
          ? this.#sendOver(request, method, headers)
          : this.#dispatch(request, method, headers));
        const endless = response.connection !== undefined || (isLasting(request) && response.status === 200);
        return endless ? response : { ...response, body: this.#paced(response.body, request) };
      } catch (thrown) {
        // The device may close an idle connection just as it is used again.
        const wasIdle = (thrown as NodeJS.ErrnoException).code === "UND_ERR_SOCKET";
        if (method === "GET" && wasIdle && attempt === 1 && !this.#closed) continue;
        throw this.#failure(thrown, request);
      }
    }
  }

  async #sendOver(
    { path, body, signal, talks }: IsapiRequest,
    method: string,
    headers: Record<string, string>,
  ): Promise<IsapiResponse> {
    const socket = await this.#connections.dial(signal);
    const { where: host } = this;
    return sendOver({ socket, host, method, path, headers, body, timeout: this.timeout, signal, talks });
  }

  async #dispatch(
    request: IsapiRequest,
    method: string,
    headers: Record<string, string>,
  ): Promise<IsapiResponse> {
    const answer = await this.#dispatcher(request).request({
      method,
      path: request.path,
      headers,
      body: request.body ?? null,
      signal: request.signal ?? null,
      headersTimeout: request.patient === true ? 0 : this.timeout,
      bodyTimeout: isLasting(request) ? 0 : this.timeout,
      // undici 7 ends the process where a device closes the connection while the answer is held up.
      highWaterMark: MAX_ANSWER_BYTES,
    });
    return { status: answer.statusCode, headers: answer.headers, body: answer.body };
  }

  #paced(body: Readable, { bulk }: IsapiRequest): Readable {
    // What went wrong is told by the one that is read.
    return pipeline(
      body,
      new Paced(this.timeout, bulk === true ? BULK_PROGRESS_BYTES : PROGRESS_BYTES),
      () => undefined,
    );
  }

  #dispatcher({ lasting }: IsapiRequest): Dispatcher {
    if (lasting === "other") return this.#connections.otherStreams;
    return lasting === true ? this.#connections.stream : this.#connections.requests;
  }

  async #collect(body: Readable, request: IsapiRequest): Promise<Buffer> {
    const chunks: Buffer[] = [];
    let size = 0;
    try {
      for await (const chunk of body as AsyncIterable<Buffer>) {
        size += chunk.length;
        if (size > MAX_ANSWER_BYTES) {
          throw new SurveillanceError(
            "TOO_LARGE",
            `${this.nameOf(request)}: more than ${MAX_ANSWER_BYTES} bytes.`,
            {
              advice: "Save it to a file instead.",
            },
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
    if (this.#closed || request.signal?.aborted === true) {
      return new SurveillanceError("CLOSED", `${this.nameOf(request)} was given up.`);
    }
    return networkError(thrown, this.nameOf(request));
  }

  /** How messages name a request: without the query, which may hold anything. */
  nameOf({ method, path }: IsapiRequest): string {
    return `${method ?? "GET"} ${path.split("?", 1)[0] ?? ""} at ${this.where}`;
  }
}

function isLasting({ lasting }: IsapiRequest): boolean {
  return lasting === true || lasting === "other";
}

function spend(budget: RequestBudget, name: string): void {
  if (budget.left <= 0) {
    throw new SurveillanceError("ISAPI_BUSY", `${name}: given up after too many attempts.`);
  }
  budget.left -= 1;
}
