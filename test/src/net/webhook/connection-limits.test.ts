import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { ConnectionLimits } from "../../../../src/net/webhook/connection-limits";
import { loopbackTls } from "../../../support/loopback-tls";
import { readResponse, head, plainPost, plainSocket } from "../../../support/plain-post";

describe("ConnectionLimits", () => {
  let server: Server;
  let url: string;
  const sockets: Socket[] = [];
  /** Responses to the pending requests. */
  let waiting: ServerResponse[];

  async function listen({ proxy = "", tls = false } = {}): Promise<void> {
    waiting = [];
    const take = (request: IncomingMessage, response: ServerResponse): void => {
      if (request.url === "/wait") waiting.push(response);
      else response.end();
      server.emit("taken");
    };
    server = tls ? createTlsServer(loopbackTls, take) : createServer(take);
    new ConnectionLimits({ total: 8, perSender: 4, isProxy: (address) => address === proxy }).watch(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `${tls ? "https" : "http"}://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
  async function open(from: string, count: number): Promise<Socket[]> {
    const opened: Socket[] = [];
    for (let index = 0; index < count; index += 1) {
      const accepted = once(server, "connection");
      opened.push(await plainSocket(url, from));
      await accepted;
    }
    sockets.push(...opened);
    return opened;
  }
  const post = (from: string): Promise<number> => plainPost(url, { from }).then(({ status }) => status);
  const isOpen = (socket: Socket): boolean => !socket.destroyed && !socket.readableEnded;

  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  for (const tls of [false, true]) {
    it(`accepts a sender in place of idle connections of others: ${tls ? "https" : "http"}`, async () => {
      await listen({ tls });
      for (const from of ["127.0.0.2", "127.0.0.3", "127.0.0.4"]) await open(from, 4);
      for (const from of ["127.0.0.1", "127.0.0.2"]) assert.equal(await post(from), 200);
    });
  }

  it("closes a sender's oldest idle connection and not the busy one", async () => {
    await listen();
    const [working, idle] = await open("127.0.0.1", 4);
    assert.ok(working && idle);
    const taken = once(server, "taken");
    working.write(head(`${url}/wait`, { "Content-Length": "0", Connection: "close" }));
    await taken;
    const closed = once(idle.resume(), "close");
    assert.equal(await post("127.0.0.1"), 200);
    await closed;
    waiting[0]?.end("done");
    assert.equal((await readResponse(working)).status, 200);
  });

  it("refuses a sender's new connection if all its others are busy", async () => {
    await listen();
    for (const socket of await open("127.0.0.1", 4)) {
      const taken = once(server, "taken");
      socket.write(head(`${url}/wait`, { "Content-Length": "0" }));
      await taken;
    }
    assert.equal(await post("127.0.0.1"), 0);
    assert.equal(await post("127.0.0.2"), 200);
  });

  it("does not limit the connections of a proxy like those of one sender", async () => {
    await listen({ proxy: "127.0.0.9" });
    const opened = await open("127.0.0.9", 7);
    assert.equal(await post("127.0.0.9"), 200);
    assert.ok(opened.every(isOpen));
  });

  it("accepts new connections after others were closed", async () => {
    await listen();
    for (let round = 0; round < 5; round += 1) {
      const opened = await open("127.0.0.1", 4);
      for (const socket of opened)
        await new Promise((resolve) => socket.resume().once("close", resolve).destroy());
    }
    const kept = await open("127.0.0.1", 3);
    assert.equal(await post("127.0.0.1"), 200);
    assert.ok(kept.every(isOpen));
  });
});
