import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import { BodyBudget } from "../../../../src/net/webhook/body-budget";
import { BodyRefused, readBody } from "../../../../src/net/webhook/request-body";

describe("readBody", () => {
  let server: Server;
  let result: Promise<Buffer | undefined | BodyRefused>;

  /** Sends the first part of a post and keeps the connection open. */
  async function begin(head: string, timeoutMs: number): Promise<() => void> {
    const arrived = new Promise<void>((resolve) => {
      server = createServer((request) => {
        result = readBody(request, { maxBytes: 1000, timeoutMs }).catch(
          (thrown: unknown) => thrown as BodyRefused,
        );
        resolve();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
    socket.on("error", () => undefined);
    socket.write(`POST / HTTP/1.1\r\nHost: x\r\n${head}`);
    await arrived;
    return () => socket.destroy();
  }
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  it("refuses the body of a sender that is too slow", async () => {
    await begin("Content-Length: 100\r\n\r\nhalf of", 20);
    const refused = await result;
    assert.ok(refused instanceof BodyRefused);
    assert.equal(refused.status, 408);
  });

  it("returns undefined when the sender closes the connection", async () => {
    const breakOff = await begin("Content-Length: 100\r\n\r\nhalf of", 10_000);
    breakOff();
    assert.equal(await result, undefined);
  });

  it("does not wait for a body whose announced length is too large", async () => {
    await begin("Content-Length: 1001\r\n\r\n", 10_000);
    const refused = await result;
    assert.ok(refused instanceof BodyRefused);
    assert.equal(refused.status, 413);
  });

  it("limits the incomplete bodies of one sender", async () => {
    await begin("Content-Length: 100\r\n\r\nhalf of", 10_000);
    const { port } = server.address() as AddressInfo;
    for (let index = 1; index <= 400; index += 1) {
      const arrived = once(server, "request");
      const socket = connect(port, "127.0.0.1");
      socket.on("error", () => undefined);
      socket.write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf of");
      await arrived;
    }
    const refused = await result;
    assert.ok(refused instanceof BodyRefused);
    assert.equal(refused.status, 503);
  });

  it("aborts the body of the sender with the most memory, so that small bodies of others arrive", async () => {
    const budget = new BodyBudget({ bytes: 1000, perSender: 10 });
    const results = new Map<string, Promise<Buffer | undefined | BodyRefused>>();
    server = createServer((request) => {
      const sender = request.headers["x-sender"] as string;
      const reading = readBody(request, { maxBytes: 1000, timeoutMs: 10_000, sender, budget });
      results.set(
        sender,
        reading.catch((thrown: unknown) => thrown as BodyRefused),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const send = async (sender: string, length: number, body: string): Promise<void> => {
      const arrived = once(server, "request");
      const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
      socket.on("error", () => undefined);
      socket.write(
        `POST / HTTP/1.1\r\nHost: x\r\nX-Sender: ${sender}\r\nContent-Length: ${length}\r\n\r\n${body}`,
      );
      await arrived;
    };
    await send("192.0.2.1", 901, "x".repeat(900));
    await send("192.0.2.2", 500, "y".repeat(500));
    assert.equal((await results.get("192.0.2.2"))?.toString(), "y".repeat(500));
    const refused = await results.get("192.0.2.1");
    assert.ok(refused instanceof BodyRefused);
    assert.equal(refused.status, 503);
  });
});
