import type { IncomingHttpHeaders } from "node:http";
import { Pool, type Dispatcher } from "undici";
import { SurveillanceError } from "../../core/errors";
import { createRedactor } from "../../core/redact";
import { networkError } from "../../net/network-error";
import { MAX_RESPONSE_BYTES, ResponseBody } from "./response-body";
import type { InferenceServerSettings } from "./types";

export interface ServerResponse {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

export type HttpSettings = Pick<InferenceServerSettings, "token" | "host" | "verifyTls" | "tls"> & {
  /** Requests at the same time. */
  connections: number;
  /** Milliseconds */
  connectTimeout: number;
};

/** The keep-alive connections to one inference server. */
export class ServerHttp {
  /** The server as the start of a sentence. */
  readonly where: string;
  /** Masks the token. */
  readonly redact: (text: string) => string;
  readonly #pool: Pool;
  readonly #root: string;
  readonly #headers: Record<string, string>;

  /** @throws {SurveillanceError} CONFIG_INVALID for a URL that is not valid */
  constructor(url: string, settings: HttpSettings) {
    const { origin, path } = parseServerUrl(url);
    const { token = "", host = "", verifyTls = true, tls, connections, connectTimeout } = settings;
    this.where = `The inference server ${origin}${path}`;
    this.redact = createRedactor([token]);
    this.#root = path;
    this.#headers = {
      ...(token !== "" && { authorization: `Bearer ${token}` }),
      ...(host !== "" && { host }),
    };
    this.#pool = new Pool(origin, {
      connections,
      connect: { ...tls, rejectUnauthorized: verifyTls, timeout: connectTimeout },
      // The caller's signal ends each request.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  /**
   * Sends a request and reads the whole response.
   *
   * @param path below the URL of the server
   * @param body sent with POST; without it the request is a GET
   * @throws {SurveillanceError} the reason of the signal, TOO_LARGE, CONNECTION_REFUSED, CONNECTION_LOST,
   *   HOST_UNKNOWN, TIMEOUT, TLS_FAILED
   */
  async request(
    path: string,
    signal: AbortSignal,
    body?: Buffer,
    headers?: Record<string, string>,
  ): Promise<ServerResponse> {
    const options: Dispatcher.DispatchOptions = {
      method: body === undefined ? "GET" : "POST",
      path: `${this.#root}${path}`,
      headers: { ...this.#headers, ...headers },
      ...(body !== undefined && { body }),
    };
    try {
      return await exchange(this.#pool, options, signal);
    } catch (thrown) {
      if (signal.aborted && signal.reason instanceof SurveillanceError) throw signal.reason;
      throw networkError(thrown, this.where);
    }
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }
}

/**
 * Returns the parts of a server's URL. A path that ends with `/v2` is accepted, because some guides show it.
 *
 * @throws {SurveillanceError} CONFIG_INVALID
 */
function parseServerUrl(url: string): { origin: string; path: string } {
  const invalid = (why: string, advice: string): SurveillanceError =>
    new SurveillanceError("CONFIG_INVALID", `The URL of an inference server ${why}.`, { advice });
  if (!URL.canParse(url)) throw invalid("is not valid", "Enter it as http://host:8000.");
  const { protocol, origin, pathname, username, password, search } = new URL(url);
  if (protocol !== "http:" && protocol !== "https:")
    throw invalid("is not valid", "It starts with http:// or https://.");
  if (username !== "" || password !== "")
    throw invalid("contains a user name or password", "Use the token instead.");
  if (search !== "") throw invalid("contains a query", "Enter it as http://host:8000.");
  let path = pathname;
  while (path.endsWith("/")) path = path.slice(0, -1);
  return { origin, path: path.endsWith("/v2") ? path.slice(0, -"/v2".length) : path };
}

/**
 * Uses undici's handlers: they never pause the response. undici 7 ends the process if a server closes the connection
 * while the response is paused.
 */
function exchange(
  pool: Pool,
  options: Dispatcher.DispatchOptions,
  signal: AbortSignal,
): Promise<ServerResponse> {
  return new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | undefined;
    const abort = (): void => {
      const reason = signal.reason as Error;
      controller?.abort(reason);
      // A request that still waits for a connection has no controller yet.
      settle(() => {
        reject(reason);
      });
    };
    const settle = (outcome: () => void): void => {
      signal.removeEventListener("abort", abort);
      outcome();
    };
    if (signal.aborted) {
      reject(signal.reason as Error);
      return;
    }
    signal.addEventListener("abort", abort);
    const response: Omit<ServerResponse, "body"> = { status: 0, headers: {} };
    let body = new ResponseBody({});
    pool.dispatch(options, {
      onRequestStart: (started) => {
        controller = started;
        if (signal.aborted) started.abort(signal.reason as Error);
      },
      onResponseStart: (_, status, headers) => {
        Object.assign(response, { status, headers });
        body = new ResponseBody(headers);
      },
      onResponseData: (current, chunk) => {
        if (!body.add(chunk)) current.abort(tooLarge());
      },
      onResponseEnd: () => {
        settle(() => {
          resolve({ ...response, body: body.whole });
        });
      },
      onResponseError: (_, error) => {
        settle(() => {
          reject(error);
        });
      },
    });
  });
}

function tooLarge(): SurveillanceError {
  return new SurveillanceError(
    "TOO_LARGE",
    `The response of an inference server is larger than ${MAX_RESPONSE_BYTES} bytes.`,
  );
}
