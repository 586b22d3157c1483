import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import { IsapiClient } from "../../../../src/isapi/connection/client";

describe("a request over a separate connection", () => {
  let server: Server;
  const sockets = new Set<Socket>();
  const requests: string[] = [];
  let client: IsapiClient;
  beforeEach(async () => {
    sockets.clear();
    requests.length = 0;
    server = createServer((socket) => {
      sockets.add(socket);
      socket.on("error", () => undefined).on("close", () => sockets.delete(socket));
      socket.on("data", (data: Buffer) => requests.push(data.toString("latin1")));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    client = new IsapiClient({ url: `http://127.0.0.1:${port}`, username: "flow", password: "s3cret:pass" });
  });
  afterEach(async () => {
    await client.close();
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  for (const way of ["download", "urgent", "talk"] as const) {
    it(`sends nothing and leaves no connection if the client closes while it connects (${way})`, async () => {
      const request = assert.rejects(client.read({ path: "/ISAPI/x", connection: way }), { code: "CLOSED" });
      // Before the connection is open.
      await client.close();
      await request;
      await new Promise((resolve) => setTimeout(resolve, 50));
      assert.deepEqual(requests, []);
      assert.equal(sockets.size, 0);
    });

    it(`opens no connection after the client is closed (${way})`, async () => {
      await client.close();
      await assert.rejects(client.read({ path: "/ISAPI/x", connection: way }), { code: "CLOSED" });
      assert.deepEqual([requests.length, sockets.size], [0, 0]);
    });

    it(`is cancelled at once while it connects (${way})`, async () => {
      const stop = new AbortController();
      const { signal } = stop;
      const request = assert.rejects(client.read({ path: "/ISAPI/x", connection: way, signal }), {
        code: "CLOSED",
      });
      stop.abort();
      await request;
      await new Promise((resolve) => setTimeout(resolve, 50));
      assert.deepEqual([requests.length, sockets.size], [0, 0]);
    });

    it(`is cancelled at once, and its connection closes (${way})`, async () => {
      const stop = new AbortController();
      const { signal } = stop;
      const request = assert.rejects(client.read({ path: "/ISAPI/x", connection: way, signal }), {
        code: "CLOSED",
      });
      const [socket] = (await once(server, "connection")) as [Socket];
      stop.abort();
      await Promise.all([request, once(socket, "close")]);
    });
  }
});
