import type { Duplex, Readable } from "node:stream";
import type { Dispatcher } from "undici";
import { systemClock, type Clock } from "../clock";
import { SurveillanceError } from "../errors";
import { networkError } from "../net/network-error";
import { deviceOrigin } from "./address";
import { Authenticator, type AuthMode } from "./authenticator";
import { openConnections, type Connections, type TlsOptions } from "./connections";
import { isSuccess, readResponseStatus, statusError } from "./response-status";
import { talk } from "./talk";

export interface IsapiClientOptions extends TlsOptions {
  /** `http[s]://host[:port]` */
  url: string;
  username: string;
  password: string;
  auth?: AuthMode | undefined;
  /** Seconds to connect in, and in which an answer must begin and may pause; default 10. */
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
export const MAX_ANSWER_BYTES = 32 * 1024 * 1024;
/** A ResponseStatus that comes with HTTP 200 is short. */
const MAX_STATUS_BYTES = 16 * 1024;
const MAX_ERROR_BYTES = 64 * 1024;

/** One device: authenticated requests over connections that all its users share. */
export class IsapiClient {
  readonly origin: URL;
  /** The device as messages name it. */
  readonly where: string;
  readonly #connections: Connections;
  readonly #authenticator: Authenticator;
  readonly #timeout: number;
  #closed = false;

  /** @throws {SurveillanceError} CONFIG_INVALID */
  constructor(options: IsapiClientOptions) {
    this.origin = deviceOrigin(options.url);
    this.where = this.origin.host;
    this.#timeout = (options.timeout ?? 10) * 1000;
    this.#authenticator = new Authenticator({
      username: options.username,
      password: options.password,
      mode: options.auth ?? "auto",
      secure: this.origin.protocol === "https:",
      where: this.where,
      clock: options.clock ?? systemClock,
    });
    this.#connections = openConnections(this.origin, options, this.#timeout);
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
    let turn = await this.#authenticator.enter();
    try {
      // Whether the password went out with a nonce the device gave out for this very request.
      let tried = false;
      let refreshed = false;
      for (;;) {
        const response = await this.#send(request);
        if (response.status !== 401) {
          this.#authenticator.accepted();
          return response;
        }
        const body = await readText(response.body);
        const { stale } = this.#authenticator.challenged(response.headers["www-authenticate"]);
        if (tried && (!stale || refreshed)) {
          // Some firmware says 401 where 403 is meant: that is no reason to doubt the password.
          if (/lowPrivilege/i.test(readResponseStatus(body)?.subStatusCode ?? "")) {
            throw statusError(403, body, this.nameOf(request));
          }
          throw this.#authenticator.refused(body);
        }
        refreshed = tried;
        tried = true;
        // A nonce that had been good is not: from here on, one at a time again.
        if (!turn.alone) turn = await this.#authenticator.enter();
      }
    } finally {
      turn.leave();
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

  async #send(request: IsapiRequest): Promise<IsapiResponse> {
    const method = request.method ?? "GET";
    for (let attempt = 1; ; attempt += 1) {
      if (request.budget !== undefined) spend(request.budget, this.nameOf(request));
      const authorization = this.#authenticator.header(method, request.path);
      const headers = { ...request.headers, ...(authorization === undefined ? {} : { authorization }) };
      const dispatcher = this.#dispatcher(request);
      try {
        if (request.talks === true) {
          const socket = await this.#connections.dial();
          const { path, signal } = request;
          return await talk({
            socket,
            host: this.where,
            method,
            path,
            headers,
            timeout: this.#timeout,
            signal,
          });
        }
        const answer = await dispatcher.request({
          method,
          path: request.path,
          headers,
          body: request.body ?? null,
          signal: request.signal ?? null,
          headersTimeout: request.patient === true ? 0 : this.#timeout,
          bodyTimeout: isLasting(request) ? 0 : this.#timeout,
        });
        return { status: answer.statusCode, headers: answer.headers, body: answer.body };
      } catch (thrown) {
        // The device may close an idle connection just as it is used again.
        const wasIdle = (thrown as NodeJS.ErrnoException).code === "UND_ERR_SOCKET";
        if (method === "GET" && wasIdle && attempt === 1 && !this.#closed) continue;
        throw this.#failure(thrown, request);
      }
    }
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

/** The beginning of a body that is only looked into for an explanation; reading it frees the connection. */
export async function readText(body: Readable, limit = MAX_ERROR_BYTES): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > limit) break;
    }
  } catch {
    // What came so far has to do.
  }
  return Buffer.concat(chunks).toString("utf8", 0, limit);
}
