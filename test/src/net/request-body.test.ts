import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import { BodyRefused, readBody } from "../../../src/net/request-body";

describe("readBody", () => {
  let server: Server;
  let result: Promise<Buffer | undefined | BodyRefused>;

  /** Sends the beginning of a post and hands the open connection back. */
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

  it("gives up on a sender that is too slow", async () => {
    await begin("Content-Length: 100\r\n\r\nhalf of", 20);
    const refused = await result;
    assert.ok(refused instanceof BodyRefused);
    assert.equal(refused.status, 408);
  });

  it("has nothing for a sender that broke off", async () => {
    const breakOff = await begin("Content-Length: 100\r\n\r\nhalf of", 10_000);
    breakOff();
    assert.equal(await result, undefined);
  });

  it("does not wait for a body that announces too much", async () => {
    await begin("Content-Length: 1001\r\n\r\n", 10_000);
    const refused = await result;
    assert.ok(refused instanceof BodyRefused);
    assert.equal(refused.status, 413);
  });
});
