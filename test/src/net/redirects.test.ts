import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { HcpClient } from "../../../src/hcp/request/client";
import { IsapiClient } from "../../../src/isapi/connection/client";

/** Paths that a URL parser could read as another host. */
const deceiving = (host: string): string[] => [
  ...[`//${host}/x`, `/\\${host}/x`, `/@${host}/x`, `/%2f${host}/x`, `/..//${host}/x`, `/http://${host}/x`],
];

describe("a camera or server that points to another host", () => {
  let device: Server;
  let other: Server;
  let asked: string[];
  let misled: number;

  async function listen(server: Server): Promise<string> {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
  const stop = async (server: Server): Promise<void> => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  };

  let deviceHost: string;
  let otherHost: string;
  beforeEach(async () => {
    asked = [];
    misled = 0;
    other = createServer((_request, response) => {
      misled += 1;
      response.end("{}");
    });
    other.on("connection", () => (misled += 1));
    otherHost = await listen(other);
    device = createServer((request, response) => {
      asked.push(request.url ?? "");
      request.resume();
      response.writeHead(307, { Location: `http://${otherHost}/stolen` }).end();
    });
    deviceHost = await listen(device);
  });
  afterEach(async () => {
    await Promise.all([stop(device), stop(other)]);
  });

  it("is not followed by requests to a device, whatever the path", async () => {
    const client = new IsapiClient({
      ...{ url: `http://${deviceHost}`, username: "u", password: "p", timeout: 2 },
    });
    try {
      for (const path of ["/ISAPI/System/time", ...deceiving(otherHost)])
        await client.request({ method: "GET", path }).then(
          ({ status, body }) => {
            body.resume();
            assert.equal(status, 307);
          },
          () => undefined,
        );
    } finally {
      await client.close();
    }
    assert.ok(asked.length > 0);
    assert.equal(misled, 0);
  });

  it("is not followed by requests to a platform, whatever the path", async () => {
    const client = new HcpClient({
      url: `http://${deviceHost}`,
      appKey: "1",
      appSecret: "s",
      timeout: 2,
    });
    try {
      for (const path of ["/artemis/api/common/v1/version", ...deceiving(otherHost)])
        await assert.rejects(client.request(path), path);
    } finally {
      await client.close();
    }
    assert.ok(asked.length > 0);
    assert.equal(misled, 0);
  });
});
