import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import type { NodeAPI, NodeInitializer } from "node-red";
import { loopbackTls } from "./loopback-tls";

type Application = RequestListener & { use: (...parts: unknown[]) => void };
type Middleware = (request: object, response: object, next: () => void) => void;

interface AdminApi {
  init: (settings: object, server: Server, storage: object, runtime: object) => void;
  readonly httpAdmin: Application;
}

/** The settings of settings.js for HTTP. */
export interface HttpSettings {
  httpAdminRoot?: string | false;
  httpNodeRoot?: string | false;
  httpNodeAuth?: { user: string; pass: string } | Middleware;
  httpNodeMiddleware?: unknown;
  apiMaxLength?: string;
}

const requireOfNodeRed = createRequire(createRequire(__filename).resolve("node-red"));
const express = requireOfNodeRed("express") as () => Application;
const adminApi = requireOfNodeRed("@node-red/editor-api") as AdminApi;

/**
 * The HTTP server of Node-RED, which the test helper does not open: the admin application, then the login of
 * `httpNodeAuth`, then the application of `RED.httpNode`, in the order of the node-red command.
 */
export class HttpNodes {
  #api: NodeAPI | undefined;
  #application: RequestListener | undefined;
  readonly server: Server;
  readonly #scheme: string;

  constructor({ tls = false } = {}) {
    const take: RequestListener = (request, response) => this.#application?.(request, response);
    this.server = tls ? createTlsServer(loopbackTls, take) : createServer(take);
    this.#scheme = tls ? "https" : "http";
  }

  /** @param settings replaces settings of Node-RED, for the nodes of this initializer */
  wrap(initializer: NodeInitializer, settings: HttpSettings = {}): NodeInitializer {
    return (RED) => {
      const all = Object.assign(Object.create(RED.settings) as object, {
        httpAdminRoot: "/",
        httpNodeRoot: "/",
        ...settings,
      });
      const changed = Object.assign(Object.create(RED) as NodeAPI, { settings: all, server: this.server });
      this.#api = changed;
      this.#application = this.#mount(changed, all);
      return initializer(changed);
    };
  }

  #mount(RED: NodeAPI, settings: HttpSettings): RequestListener {
    const application = express();
    const { httpAdminRoot = "/", httpNodeRoot = "/", httpNodeAuth } = settings;
    if (httpAdminRoot !== false) {
      adminApi.init({ ...settings, httpAdminRoot, disableEditor: true }, this.server, {}, {});
      application.use(httpAdminRoot, adminApi.httpAdmin);
    }
    if (httpNodeRoot !== false) {
      if (httpNodeAuth !== undefined) application.use(httpNodeRoot, authentication(httpNodeAuth));
      application.use(httpNodeRoot, RED.httpNode);
    }
    return application;
  }

  get app(): NodeAPI["httpNode"] {
    if (this.#api === undefined) throw new Error("Load a flow first.");
    return this.#api.httpNode;
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return `${this.#scheme}://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

/** Returns the middleware for `httpNodeAuth` like the node-red command, but the password is not hashed. */
function authentication(setting: NonNullable<HttpSettings["httpNodeAuth"]>): unknown {
  if (typeof setting === "function") return setting;
  const expected = `Basic ${Buffer.from(`${setting.user}:${setting.pass}`).toString("base64")}`;
  return (...[request, response, next]: [...Parameters<RequestListener>, () => void]) => {
    if (request.headers.authorization === expected) next();
    else response.writeHead(401, { "WWW-Authenticate": 'Basic realm="Authorization Required"' }).end();
  };
}

export { freePort } from "../../tools/node-red";
