import { createServer, type RequestListener } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import * as runtime from "node-red";

type Application = RequestListener & { use: (path: string, handler: unknown) => void };

const express = createRequire(createRequire(__filename).resolve("node-red"))("express") as () => Application;

/**
 * Runs Node-RED in this process, to measure its event loop. It mounts the admin application before the HTTP nodes, like
 * the node-red command.
 *
 * @param port 0 lets the system choose
 * @returns the address of the admin API and of HTTP nodes, `http://127.0.0.1:<port>`
 */
export async function runNodeRed(userDir: string, port: number, settings: object = {}): Promise<string> {
  const application = express();
  const server = createServer(application);
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const { port: opened } = server.address() as AddressInfo;
  runtime.init(server, {
    userDir,
    uiPort: opened,
    uiHost: "127.0.0.1",
    httpAdminRoot: "/",
    httpNodeRoot: "/",
    flowFile: "flows.json",
    credentialSecret: false,
    editorTheme: {},
    telemetry: { enabled: false },
    logging: { console: { level: "error", metrics: false, audit: false } },
    ...settings,
  } as never);
  application.use("/", runtime.httpAdmin);
  application.use("/", runtime.httpNode);
  await runtime.start();
  return `http://127.0.0.1:${opened}`;
}
