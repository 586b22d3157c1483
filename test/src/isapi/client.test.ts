import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { IsapiClient, type IsapiClientOptions } from "../../../src/isapi/client";
import { SimulatedDevice, type DeviceOptions } from "../../servers/isapi-device";
import { responseStatus } from "../../servers/isapi/documents";
import { ManualClock } from "../../support/manual-clock";
import { loopbackTls } from "../../support/loopback-tls";

const PATH = "/ISAPI/System/time?detail=full&x=1";

describe("IsapiClient", () => {
  const open: (() => Promise<void>)[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((close) => close()));
  });

  async function start(device: Partial<DeviceOptions> = {}, client: Partial<IsapiClientOptions> = {}) {
    const simulated = await SimulatedDevice.start(device);
    const isapi = new IsapiClient({
      url: simulated.url,
      username: simulated.options.username ?? "flow",
      password: "s3cret:pass",
      timeout: 2,
      ...client,
    });
    open.push(
      () => isapi.close(),
      () => simulated.close(),
    );
    return { device: simulated, client: isapi };
  }

  const code = (expected: string) => (error: Error & { code?: string }) => {
    assert.equal(error.code, expected, error.message);
    assert.ok(!error.message.includes("s3cret"), "the message holds the password");
    return true;
  };

  for (const algorithm of [undefined, "MD5", "MD5-sess", "SHA-256", "SHA-256-sess"] as const) {
    for (const qop of ["auth", undefined] as const) {
      it(`authenticates with ${algorithm ?? "no algorithm"} and ${qop ?? "no qop"}`, async () => {
        const { device, client } = await start({
          algorithm,
          qop,
          opaque: qop === undefined ? undefined : "",
        });
        const answer = await client.read({ path: PATH });
        assert.equal(answer.status, 200);
        assert.equal(device.guard.failures, 0);
      });
    }
  }

  it("re-uses the nonce: one challenge for many requests, at once or one by one", async () => {
    const { device, client } = await start();
    await Promise.all(Array.from({ length: 20 }, () => client.read({ path: PATH })));
    await client.read({ path: PATH });
    assert.equal(device.requests.filter(({ status }) => status === 401).length, 1);
    assert.equal(device.requests.length, 22);
  });

  for (const saysStale of [true, false]) {
    it(`refreshes once where the nonce became too old, ${saysStale ? "announced" : "unannounced"}`, async () => {
      const { device, client } = await start({ saysStale });
      await client.read({ path: PATH });
      device.guard.expireNonces();
      await client.read({ path: PATH });
      assert.deepEqual(
        device.requests.map(({ status }) => status),
        [401, 200, 401, 200],
      );
    });
  }

  it("gives up where the device calls every nonce stale", async () => {
    const { device, client } = await start();
    device.on("request", () => {
      device.guard.expireNonces();
    });
    await assert.rejects(client.read({ path: PATH }), code("ISAPI_AUTH"));
    assert.equal(device.requests.length, 3);
  });

  it("tries a wrong password once, even with many requests at once, and says how many attempts are left", async () => {
    const { device, client } = await start({}, { password: "s3cret-wrong" });
    const results = await Promise.allSettled(Array.from({ length: 10 }, () => client.read({ path: PATH })));
    assert.equal(device.guard.failures, 1);
    const codes = results.map(
      (result) => result.status === "rejected" && (result.reason as { code: string }).code,
    );
    assert.deepEqual(codes, ["ISAPI_AUTH", ...Array.from({ length: 9 }, () => "ISAPI_LOCKED")]);
    await assert.rejects(client.read({ path: PATH }), code("ISAPI_LOCKED"));
    assert.equal(device.requests.length, 2);
    assert.match(((results[0] as PromiseRejectedResult).reason as Error).message, /4 attempts are left/);
  });

  it("waits longer than the device's lock before it tries again", async () => {
    const clock = new ManualClock();
    const { device, client } = await start(
      { lockSeconds: 45 * 60, maxFailures: 1 },
      { password: "wrong", clock },
    );
    await assert.rejects(client.read({ path: PATH }), /the account is locked/);
    clock.advance(45 * 60);
    await assert.rejects(client.read({ path: PATH }), code("ISAPI_LOCKED"));
    clock.advance(61);
    await assert.rejects(client.read({ path: PATH }), code("ISAPI_AUTH"));
    assert.equal(device.guard.failures, 2);
  });

  it("notices a password that was changed on the device, without locking the account", async () => {
    const { device, client } = await start();
    await client.read({ path: PATH });
    device.guard.setPassword("changed");
    await assert.rejects(client.read({ path: PATH }), code("ISAPI_AUTH"));
    assert.ok(device.guard.failures <= 2);
    assert.equal(device.guard.isLocked, false);
  });

  it("does not take a refused permission for a refused password", async () => {
    const { device, client } = await start();
    device.handlers.set("/ISAPI/Security/users", ({ url }) => ({
      status: 401,
      body: responseStatus(url, 4, "Invalid Operation", "lowPrivilege"),
      headers: { "WWW-Authenticate": 'Digest realm="IP Camera(A1234)", nonce="n", qop="auth"' },
    }));
    await assert.rejects(client.read({ path: "/ISAPI/Security/users" }), code("ISAPI_FORBIDDEN"));
    assert.equal(client.heldUntil, undefined);
  });

  describe("Basic", () => {
    it("is used where the user chose it", async () => {
      const { client } = await start({ digest: false, basic: true }, { auth: "basic" });
      assert.equal((await client.read({ path: PATH })).status, 200);
    });

    it("is not used where Digest is offered too", async () => {
      const { device, client } = await start({ basic: true });
      await client.read({ path: PATH });
      assert.match(device.requests.at(-1)?.authorization ?? "", /^Digest /);
    });

    for (const auth of ["auto", "digest"] as const) {
      it(`never sends the password in the clear with ${auth}`, async () => {
        const { device, client } = await start({ digest: false, basic: true }, { auth });
        await assert.rejects(client.read({ path: PATH }), code("ISAPI_AUTH_SCHEME"));
        assert.ok(device.requests.every(({ authorization }) => authorization === undefined));
      });
    }
  });

  describe("TLS", () => {
    it("is verified by default", async () => {
      const { client } = await start({ tls: loopbackTls });
      await assert.rejects(client.read({ path: PATH }), code("TLS_FAILED"));
    });

    it("takes the authority it is given", async () => {
      const tls = loopbackTls;
      const { client } = await start({ tls }, { tls: { ca: tls.cert } });
      assert.equal((await client.read({ path: PATH })).status, 200);
    });

    it("can be left unverified for this device", async () => {
      const { client } = await start({ tls: loopbackTls, digest: false, basic: true }, { verifyTls: false });
      assert.equal((await client.read({ path: PATH })).status, 200);
    });

    it("takes the one certificate whose fingerprint it is given, and no other", async () => {
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

  it("reports a device's error with its codes and what they mean", async () => {
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

  it("asks again where the device closes an idle connection", async () => {
    const { device, client } = await start();
    await client.read({ path: PATH });
    device.breakConnections();
    assert.equal((await client.read({ path: PATH })).status, 200);
  });

  it("refuses what cannot be sent: a path with blanks, a URL with a password", async () => {
    const { client } = await start();
    await assert.rejects(client.read({ path: "/a b" }), code("CONFIG_INVALID"));
    await assert.rejects(client.read({ path: "http://other/x" }), code("CONFIG_INVALID"));
    assert.throws(
      () => new IsapiClient({ url: "http://u:s3cret@h", username: "u", password: "p" }),
      code("CONFIG_INVALID"),
    );
  });

  it("spends no more than its budget", async () => {
    const { device, client } = await start();
    const budget = { left: 1 };
    await assert.rejects(client.read({ path: PATH, budget }), code("ISAPI_BUSY"));
    assert.equal(device.requests.length, 1);
  });

  it("gives up what is under way when it is closed", async () => {
    const { device, client } = await start();
    const opened = await client.request({ path: device.options.streamPath, lasting: true });
    const ended = (async () => {
      for await (const chunk of opened.body) assert.ok(chunk);
    })();
    await client.close();
    await assert.rejects(ended);
  });
});
