import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { IsapiClient } from "../../../../src/isapi/connection/client";
import { responseStatus } from "../../../servers/isapi/documents";
import { clientScene } from "../../../support/isapi-client";
import { loopbackTls } from "../../../support/loopback-tls";

const PATH = "/ISAPI/System/time?detail=full&x=1";

describe("IsapiClient", () => {
  const { start, code } = clientScene();

  describe("TLS", () => {
    it("is verified by default", async () => {
      const { client } = await start({ tls: loopbackTls });
      await assert.rejects(client.read({ path: PATH }), code("TLS_FAILED"));
    });

    it("accepts certificates of a configured authority", async () => {
      const tls = loopbackTls;
      const { client } = await start({ tls }, { tls: { ca: tls.cert } });
      assert.equal((await client.read({ path: PATH })).status, 200);
    });

    it("is the same for separate connections", async () => {
      const tls = loopbackTls;
      const { client } = await start({ tls }, { tls: { ca: tls.cert } });
      assert.equal((await client.read({ path: PATH, connection: "download" })).status, 200);
      const stranger = await start({ tls });
      await assert.rejects(stranger.client.read({ path: PATH, connection: "download" }), code("TLS_FAILED"));
    });

    it("can be unverified for one device", async () => {
      const { client } = await start({ tls: loopbackTls }, { verifyTls: false });
      assert.equal((await client.read({ path: PATH })).status, 200);
    });

    it("accepts only the certificate with the configured fingerprint", async () => {
      const tls = loopbackTls;
      const { fingerprint256 } = new X509Certificate(tls.cert);
      const right = await start({ tls }, { fingerprint: fingerprint256 });
      assert.equal((await right.client.read({ path: PATH })).status, 200);
      const wrong = await start(
        { tls },
        { fingerprint: fingerprint256.replace(/^../, "00").replace(/..$/, "11") },
      );
      await assert.rejects(wrong.client.read({ path: PATH }), code("TLS_FAILED"));
      assert.equal(wrong.device.requests.length, 0);
    });
  });

  it("reports a device's error with its codes and their meaning", async () => {
    const { device, client } = await start();
    device.handlers.set("/ISAPI/x", ({ url }) => ({
      status: 200,
      body: responseStatus(url, 4, "Invalid Operation", "lowPrivilege"),
    }));
    await assert.rejects(client.read({ path: "/ISAPI/x" }), (error: Error & Record<string, unknown>) => {
      assert.deepEqual(
        [error.code, error.statusCode, error.subStatusCode],
        ["ISAPI_FORBIDDEN", "4", "lowPrivilege"],
      );
      assert.match(error.message, /no permission/);
      return true;
    });
    await assert.rejects(client.read({ path: "/ISAPI/nowhere" }), code("ISAPI_NOT_FOUND"));
  });

  it("repeats a request if the device closes an idle connection", async () => {
    const { device, client } = await start();
    await client.read({ path: PATH });
    device.breakConnections();
    assert.equal((await client.read({ path: PATH })).status, 200);
  });

  it("rejects a path with spaces and a URL with a password", async () => {
    const { client } = await start();
    await assert.rejects(client.read({ path: "/a b" }), code("CONFIG_INVALID"));
    await assert.rejects(client.read({ path: "http://other/x" }), code("CONFIG_INVALID"));
    assert.throws(
      () => new IsapiClient({ url: "http://u:s3cret@h", username: "u", password: "p" }),
      code("CONFIG_INVALID"),
    );
  });

  it("causes no warning if many requests share a signal", async () => {
    const { client } = await start();
    const { signal } = new AbortController();
    const warnings: string[] = [];
    const warned = ({ name }: Error): number => warnings.push(name);
    process.on("warning", warned);
    for (const connection of ["shared", "download"] as const)
      await Promise.all(Array.from({ length: 20 }, () => client.read({ path: PATH, signal, connection })));
    await new Promise(setImmediate);
    process.off("warning", warned);
    assert.deepEqual(warnings, []);
  });

  it("sends no more requests than the budget allows", async () => {
    const { device, client } = await start();
    const budget = { left: 1 };
    await assert.rejects(client.read({ path: PATH, budget }), code("ISAPI_BUSY"));
    assert.equal(device.requests.length, 1);
  });

  it("aborts pending requests when it is closed", async () => {
    const { device, client } = await start();
    const opened = await client.request({ path: device.options.streamPath, connection: "eventStream" });
    const ended = (async () => {
      for await (const chunk of opened.body) assert.ok(chunk);
    })();
    await client.close();
    await assert.rejects(ended);
  });
});
