import { once } from "node:events";
import { createServer, request as forward } from "node:http";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream";

export interface ReverseProxy {
  url: string;
  close: () => Promise<void>;
}

/**
 * A reverse proxy as people put it in front of Node-RED: it hands requests and responses on as they come, adds its
 * client to `X-Forwarded-For`, and answers `Expect: 100-continue` itself.
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
      // Whether a connection is kept is between its two ends.
      const answered = { ...response.headers };
      delete answered.connection;
      delete answered["keep-alive"];
      outgoing.writeHead(response.statusCode ?? 502, answered);
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
