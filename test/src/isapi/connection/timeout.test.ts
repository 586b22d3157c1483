import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { clientScene } from "../../../support/isapi-client";

describe("the timeout of a request to an ISAPI device", () => {
  const { start, code } = clientScene();
  const drip = (response: ServerResponse, what: string): void => {
    const timer = setInterval(() => response.write(what), 30);
    response.on("close", () => {
      clearInterval(timer);
    });
  };

  for (const [what, respond] of [
    [
      "a response that drips",
      (response) => {
        drip(response.writeHead(200), "<");
      },
    ],
    [
      "an error that drips",
      (response) => {
        drip(response.writeHead(500), "<");
      },
    ],
    [
      "a header that drips",
      (response) => {
        response.socket?.write("HTTP/1.1 200 OK\r\nX-Long: ");
        const timer = setInterval(() => response.socket?.write("x"), 30);
        response.on("close", () => {
          clearInterval(timer);
        });
      },
    ],
    ["silence", () => undefined],
  ] as [string, (response: ServerResponse) => void][]) {
    for (const way of ["shared", "urgent", "download"] as const) {
      it(`ends ${what} (${way})`, async () => {
        const { device, client } = await start({}, { timeout: 0.3 });
        device.handlers.set("/ISAPI/x", () => ({ status: 200, respond }));
        const request = { path: "/ISAPI/x", connection: way };
        await assert.rejects(client.read(request), code("TIMEOUT"));
      });
    }
  }

  it("ends a 401 that drips", async () => {
    const { device, client } = await start({}, { timeout: 0.3 });
    device.handlers.set("/ISAPI/x", () => ({
      status: 401,
      respond: (response) => {
        drip(response.writeHead(401), "<");
      },
    }));
    await assert.rejects(client.read({ path: "/ISAPI/x" }), code("ISAPI_FORBIDDEN"));
  });

  it("does not end a long response that makes progress", async () => {
    const { device, client } = await start({}, { timeout: 0.3 });
    const chunk = Buffer.alloc(70_000, 1);
    device.handlers.set("/ISAPI/x", () => ({
      status: 200,
      body: Readable.from(
        (async function* () {
          for (let count = 0; count < 6; count += 1) {
            await delay(100);
            yield chunk;
          }
        })(),
      ),
    }));
    assert.equal((await client.read({ path: "/ISAPI/x" })).body.length, 6 * chunk.length);
  });

  it("does not end a slow download that makes progress", async () => {
    const { device, client } = await start({}, { timeout: 0.5 });
    device.handlers.set("/ISAPI/x", () => ({
      status: 200,
      body: Readable.from(
        (async function* () {
          for (let count = 0; count < 12; count += 1) {
            await delay(100);
            yield Buffer.alloc(3000, 1);
          }
        })(),
      ),
    }));
    assert.equal((await client.read({ path: "/ISAPI/x", connection: "download" })).body.length, 36_000);
  });
});
