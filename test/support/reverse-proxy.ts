import { once } from "node:events";
import { createServer, request as forward } from "node:http";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream";

export interface ReverseProxy {
  url: string;
  close: () => Promise<void>;
}

/**
 * Starts a reverse proxy in front of Node-RED. It forwards requests and responses, adds its client to `X-Forwarded-For`,
 * and handles `Expect: 100-continue` itself.
 */
export async function startReverseProxy(target: string): Promise<ReverseProxy> {
  const { hostname, port } = new URL(target);
  const server = createServer((incoming, outgoing) => {
    const headers = { ...incoming.headers };
    delete headers.connection;
    delete headers.expect;
    const client = incoming.socket.remoteAddress ?? "";
    const before = headers["x-forwarded-for"];
    const onward = forward({
      host: hostname,
      port,
      method: incoming.method,
      path: incoming.url,
      headers: { ...headers, "x-forwarded-for": [before, client].filter(Boolean).join(", ") },
    });
    onward.on("response", (response) => {
      // These headers are about the connection to Node-RED.
      const responseHeaders = { ...response.headers };
      delete responseHeaders.connection;
      delete responseHeaders["keep-alive"];
      outgoing.writeHead(response.statusCode ?? 502, responseHeaders);
      pipeline(response, outgoing, () => undefined);
    });
    onward.on("error", () => {
      if (!outgoing.headersSent) outgoing.writeHead(502);
      outgoing.end();
    });
    pipeline(incoming, onward, () => undefined);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
