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

/** What settings.js may say about HTTP. */
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
 * Node-RED's HTTP server, which the test helper has no port for: the admin application in front, as the node-red command
 * mounts it, then the credentials of `httpNodeAuth`, then the application behind `RED.httpNode`.
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
    if (this.#api === undefined) throw new Error("no flow was loaded");
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

/** As the node-red command understands `httpNodeAuth`, but for the hashed password. */
function authentication(setting: NonNullable<HttpSettings["httpNodeAuth"]>): unknown {
  if (typeof setting === "function") return setting;
  const expected = `Basic ${Buffer.from(`${setting.user}:${setting.pass}`).toString("base64")}`;
  return (...[request, response, next]: [...Parameters<RequestListener>, () => void]) => {
    if (request.headers.authorization === expected) next();
    else response.writeHead(401, { "WWW-Authenticate": 'Basic realm="Authorization Required"' }).end();
  };
}

/** A port that was free a moment ago, for nodes whose config has to name one. */
export async function freePort(): Promise<number> {
  const server = new HttpNodes();
  const { port } = new URL(await server.listen());
  server.close();
  return Number(port);
}
