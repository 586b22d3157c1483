import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import type { NodeAPI, NodeInitializer } from "node-red";

/**
 * Node-RED's HTTP server for nodes, which the test helper has no port for: wraps an initializer to get at the
 * application behind `RED.httpNode`.
 */
export class HttpNodes {
  #api: NodeAPI | undefined;
  readonly #server = createServer((request, response) => {
    (this.#api?.httpNode as unknown as RequestListener)(request, response);
  });

  /** @param settings replaces settings of Node-RED, for the nodes of this initializer */
  wrap(initializer: NodeInitializer, settings: object = {}): NodeInitializer {
    return (RED) => {
      const changed = Object.assign(Object.create(RED) as NodeAPI, {
        settings: Object.assign(Object.create(RED.settings) as object, settings),
      });
      this.#api = changed;
      return initializer(changed);
    };
  }

  get app(): NodeAPI["httpNode"] {
    if (this.#api === undefined) throw new Error("no flow was loaded");
    return this.#api.httpNode;
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

/** A port that was free a moment ago, for nodes whose config has to name one. */
export async function freePort(): Promise<number> {
  const server = new HttpNodes();
  const { port } = new URL(await server.listen());
  server.close();
  return Number(port);
}
