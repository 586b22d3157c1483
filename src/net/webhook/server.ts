import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { SurveillanceError, toError } from "../../core/errors";
import { ConnectionLimits } from "./connection-limits";
import type { WebhookListener } from "./listener";
import { announcedLength } from "./request-body";
import { KEEP_ALIVE_MS } from "./response";
import { WebhookRouter } from "./router";

/** Certificate and key as PEM texts. */
export interface ServerTls {
  key: string | Buffer;
  cert: string | Buffer;
  ca?: string | Buffer;
  passphrase?: string;
}

export interface WebhookServerOptions {
  /** 0 lets the system choose; such a server is not shared. */
  port: number;
  /** Default: every address of this machine. */
  host?: string;
  /** Certificate and key for HTTPS. Default: HTTP. */
  tls?: ServerTls;
}

/** A listener on its own port. */
export interface ServedWebhook {
  /** Resolves with the port when it is open. Rejects with WEBHOOK_LISTEN_FAILED. */
  listening: Promise<number>;
  /** Removes the listener. The server closes with its last listener. Resolves when nothing is left running. */
  close: () => Promise<void>;
}

/** Sufficient for a site whose cameras share one address. */
const MAX_CONNECTIONS_PER_SENDER = 500;
const MAX_CONNECTIONS = 2000;
const HEADERS_TIMEOUT_MS = 20_000;
/** Time to send the last bytes of responses. With the router's wait for the responses, closing takes less than 2 s. */
const CLOSE_GRACE_MS = 200;

/** The servers of this process by port: nodes with the same port share a server. */
const servers = new Map<number, SharedServer>();

/**
 * Receives posts on a separate port.
 *
 * @throws {SurveillanceError} CONFIG_INVALID if a listener with other TLS settings uses the port
 */
export function serveWebhook(options: WebhookServerOptions, listener: WebhookListener): ServedWebhook {
  const shared = servers.get(options.port);
  if (shared !== undefined && !shared.fits(options)) {
    throw new SurveillanceError(
      "CONFIG_INVALID",
      `Port ${options.port} is already open with different TLS settings.`,
      { advice: "Use the same TLS settings in all nodes that share this port." },
    );
  }
  const server = shared ?? new SharedServer(options);
  return server.serve(listener);
}

class SharedServer {
  readonly #options: WebhookServerOptions;
  readonly #router = new WebhookRouter();
  readonly #server: Server;
  readonly #listening: Promise<number>;

  constructor(options: WebhookServerOptions) {
    this.#options = options;
    if (options.port !== 0) servers.set(options.port, this);
    this.#server = this.#create();
    this.#listening = this.#listen();
  }

  fits({ tls }: WebhookServerOptions): boolean {
    const own = this.#options.tls;
    return String(own?.cert) === String(tls?.cert) && String(own?.key) === String(tls?.key);
  }

  serve(listener: WebhookListener): ServedWebhook {
    const remove = this.#router.add(listener);
    return {
      listening: this.#listening,
      close: async () => {
        await remove();
        if (this.#router.isEmpty) await this.#close();
      },
    };
  }

  #create(): Server {
    const { tls } = this.#options;
    const settings = {
      keepAliveTimeout: KEEP_ALIVE_MS,
      headersTimeout: HEADERS_TIMEOUT_MS,
      // Recorders write the host into the request line and may omit the header.
      requireHostHeader: false,
    };
    const handle = (request: IncomingMessage, response: ServerResponse): void => {
      if (!this.#router.dispatch(request, response)) response.writeHead(404).end();
    };
    const server =
      tls === undefined ? createServer(settings, handle) : createTlsServer({ ...settings, ...tls }, handle);
    server.on("checkContinue", (request: IncomingMessage, response: ServerResponse) => {
      // A sender that announces too large a body gets its response before it sends the body.
      if ((announcedLength(request) ?? 0) <= (this.#router.maxBytesAt(request.url ?? "") ?? 0)) {
        response.writeContinue();
      }
      handle(request, response);
    });
    new ConnectionLimits({
      total: MAX_CONNECTIONS,
      perSender: MAX_CONNECTIONS_PER_SENDER,
      isProxy: (address) => this.#router.isProxy(address),
    }).watch(server);
    return server;
  }

  #listen(): Promise<number> {
    const { port, host } = this.#options;
    const listening = new Promise<number>((resolve, reject) => {
      this.#server.once("error", (cause: Error) => {
        if (servers.get(port) === this) servers.delete(port);
        reject(
          new SurveillanceError(
            "WEBHOOK_LISTEN_FAILED",
            `Port ${port} cannot be opened: ${toError(cause).message}.`,
            {
              cause,
              advice: "Choose a port that no other program uses.",
            },
          ),
        );
      });
      this.#server.listen({ port, ...(host !== undefined && { host }) }, () => {
        resolve((this.#server.address() as AddressInfo).port);
      });
    });
    // Each listener receives a failure through its own `listening`.
    listening.catch(() => undefined);
    return listening;
  }

  async #close(): Promise<void> {
    if (servers.get(this.#options.port) === this) servers.delete(this.#options.port);
    if (!this.#server.listening) return;
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeIdleConnections();
    const grace = setTimeout(() => {
      this.#server.closeAllConnections();
    }, CLOSE_GRACE_MS);
    await closed;
    clearTimeout(grace);
  }
}
