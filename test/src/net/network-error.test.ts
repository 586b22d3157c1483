import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo, Server } from "node:net";
import { Agent, request } from "undici";
import type { SurveillanceError } from "../../../src/core/errors";
import { networkError } from "../../../src/net/network-error";

describe("networkError", () => {
  /** Returns the error of a request to a server, as nodes report it. */
  async function failureAt(server: Server, scheme: string): Promise<SurveillanceError> {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const dispatcher = new Agent({ connect: { rejectUnauthorized: false } });
    try {
      await request(`${scheme}://127.0.0.1:${port}/`, { dispatcher });
      throw new Error("the request did not fail");
    } catch (thrown) {
      return networkError(thrown, "The server");
    } finally {
      await dispatcher.close();
      server.close();
    }
  }

  it("reports a port that speaks plain HTTP if the address has https://", async () => {
    const { code, message } = await failureAt(createServer(), "https");
    assert.equal(code, "TLS_FAILED");
    assert.match(message, /^The server: the port does not speak TLS\. Use http:\/\/ instead of https:\/\//);
  });

  it("reports too many open files as a connection that was not made", () => {
    const thrown = Object.assign(new Error("connect EMFILE 127.0.0.1:80"), { code: "EMFILE" });
    const { code, message } = networkError(thrown, "The server");
    assert.equal(code, "CONNECTION_REFUSED");
    assert.match(message, /no connection could be made, because Node-RED has too many open files\./);
  });

  it("puts the advice before the system's own text", async () => {
    const server = createServer((incoming) => incoming.socket.destroy());
    const { message } = await failureAt(server, "http");
    assert.match(message, /^The server: the connection broke\. .*take.* effect\. \(UND_ERR_SOCKET: .*\)$/);
  });
});
