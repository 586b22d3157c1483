import assert from "node:assert/strict";
import { responseStatus } from "../../../servers/isapi/documents";
import { clientScene } from "../../../support/isapi-client";
import { loopbackTls } from "../../../support/loopback-tls";
import { ManualClock } from "../../../support/manual-clock";

const PATH = "/ISAPI/System/time?detail=full&x=1";

describe("the login at an ISAPI device", () => {
  const { start, code } = clientScene();

  for (const algorithm of [undefined, "MD5", "MD5-sess", "SHA-256", "SHA-256-sess"] as const) {
    for (const qop of ["auth", undefined] as const) {
      it(`authenticates with ${algorithm ?? "no algorithm"} and ${qop ?? "no qop"}`, async () => {
        const { device, client } = await start({
          algorithm,
          qop,
          opaque: qop === undefined ? undefined : "",
        });
        const response = await client.read({ path: PATH });
        assert.equal(response.status, 200);
        assert.equal(device.guard.failures, 0);
      });
    }
  }

  it("reuses the nonce: one challenge for many requests, at once or one by one", async () => {
    const { device, client } = await start();
    await Promise.all(Array.from({ length: 20 }, () => client.read({ path: PATH })));
    await client.read({ path: PATH });
    assert.equal(device.requests.filter(({ status }) => status === 401).length, 1);
    assert.equal(device.requests.length, 22);
  });

  for (const saysStale of [true, false]) {
    it(`renews an old nonce once, ${saysStale ? "announced" : "unannounced"}`, async () => {
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

  it("fails if the device calls every nonce stale", async () => {
    const { device, client } = await start();
    device.on("request", () => {
      device.guard.expireNonces();
    });
    await assert.rejects(client.read({ path: PATH }), code("ISAPI_AUTH"));
    assert.ok(device.requests.length <= 7);
  });

  for (const [what, door] of [
    ["reports a used-up nonce", { nonceUses: 3 }],
    ["does not report a used-up nonce", { nonceUses: 3, saysStale: false }],
    ["accepts each nonce once", { nonceUses: 1 }],
    ["accepts only the newest nonce", { keepsOneNonce: true }],
    [
      "accepts only the newest nonce without reporting the others as stale",
      { keepsOneNonce: true, saysStale: false },
    ],
  ] as const) {
    it(`completes 8 × 12 requests to a device with short-lived nonces that ${what}`, async () => {
      const { device, client } = await start(door);
      const node = async (): Promise<void> => {
        await Promise.all(Array.from({ length: 12 }, () => client.read({ path: PATH })));
      };
      await Promise.all(Array.from({ length: 8 }, node));
      assert.equal(device.requests.filter(({ status }) => status === 200).length >= 96, true);
      assert.equal(device.guard.failures, 0);
      assert.equal(client.heldFor, undefined);
    });
  }

  it("sends a wrong password once, even with many requests at once, and reports the remaining attempts", async () => {
    const { device, client } = await start({}, { password: "s3cret-wrong" });
    const results = await Promise.allSettled(Array.from({ length: 10 }, () => client.read({ path: PATH })));
    assert.equal(device.guard.failures, 1);
    const codes = results.map(
      (result) => result.status === "rejected" && (result.reason as { code: string }).code,
    );
    assert.deepEqual(codes, ["ISAPI_AUTH", ...Array.from({ length: 9 }, () => "ISAPI_LOCKED")]);
    await assert.rejects(client.read({ path: PATH }), code("ISAPI_LOCKED"));
    assert.equal(device.requests.length, 2);
    assert.match(((results[0] as PromiseRejectedResult).reason as Error).message, /4 attempts left/);
  });

  it("pauses longer than the device's lock", async () => {
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

  it("detects a changed password without locking the account", async () => {
    const { device, client } = await start();
    await client.read({ path: PATH });
    device.guard.setPassword("changed");
    await assert.rejects(client.read({ path: PATH }), code("ISAPI_AUTH"));
    assert.ok(device.guard.failures <= 2);
    assert.equal(device.guard.isLocked, false);
  });

  for (const saysStale of [true, false]) {
    it(`distinguishes a path that all users are refused from a wrong password (stale ${saysStale})`, async () => {
      const { device, client } = await start({ deniedPaths: ["/ISAPI/Security/users"], saysStale });
      for (const proven of [false, true]) {
        await assert.rejects(client.read({ path: "/ISAPI/Security/users" }), code("ISAPI_FORBIDDEN"));
        assert.equal(client.heldFor, undefined, String(proven));
        assert.equal((await client.read({ path: PATH })).status, 200);
      }
      assert.equal(device.guard.failures, 0);
    });
  }

  it("distinguishes a 401 without a challenge from a wrong password", async () => {
    const { device, client } = await start();
    device.handlers.set("/ISAPI/x", () => ({ status: 401 }));
    await client.read({ path: PATH });
    await assert.rejects(client.read({ path: "/ISAPI/x" }), code("ISAPI_FORBIDDEN"));
    assert.equal((await client.read({ path: PATH })).status, 200);
  });

  it("does not pause for a password that it could not send", async () => {
    const { device, client } = await start();
    device.unauthenticated.set("/ISAPI/System/deviceInfo", () => ({ status: 401 }));
    await assert.rejects(client.read({ path: "/ISAPI/System/deviceInfo" }), code("ISAPI_AUTH_SCHEME"));
    assert.equal(client.heldFor, undefined);
    assert.equal((await client.read({ path: PATH })).status, 200);
  });

  it("distinguishes a nonce that another client used up from a wrong password", async () => {
    const { device, client } = await start({ keepsOneNonce: true, deniedPaths: ["/ISAPI/x"] });
    await assert.rejects(client.read({ path: "/ISAPI/x" }), code("ISAPI_FORBIDDEN"));
    let others = 2;
    device.on("request", ({ url, authorization }) => {
      // Another client gets a nonce between the challenge and the response to it.
      if (url.includes("Security/userCheck") && authorization === undefined && others-- > 0)
        device.guard.expireNonces();
    });
    await assert.rejects(client.read({ path: "/ISAPI/x" }), code("ISAPI_FORBIDDEN"));
    assert.equal(client.heldFor, undefined);
    assert.ok(others < 2);
  });

  it("sends a wrong password once after the device was busy", async () => {
    const { device, client } = await start({}, { password: "s3cret-wrong" });
    device.unauthenticated.set("/ISAPI/start", () => ({ status: 503 }));
    await assert.rejects(client.read({ path: "/ISAPI/start" }), code("ISAPI_BUSY"));
    await Promise.allSettled(Array.from({ length: 10 }, () => client.read({ path: PATH })));
    assert.equal(device.guard.failures, 1);
  });

  it("detects a wrong password with an urgent request, too, and pauses other requests", async () => {
    const { device, client } = await start({}, { password: "s3cret-wrong" });
    await assert.rejects(client.read({ path: PATH, connection: "urgent" }), code("ISAPI_AUTH"));
    assert.equal(device.guard.failures, 1);
    await assert.rejects(client.read({ path: PATH }), code("ISAPI_LOCKED"));
    assert.equal(device.guard.failures, 1);
  });

  it("detects a wrong password although the device does not report the remaining attempts", async () => {
    const { device, client } = await start({ saysAttempts: false }, { password: "s3cret-wrong" });
    const results = await Promise.allSettled(Array.from({ length: 10 }, () => client.read({ path: PATH })));
    const codes = results.map(
      (result) => result.status === "rejected" && (result.reason as { code: string }).code,
    );
    assert.deepEqual(codes, ["ISAPI_AUTH", ...Array.from({ length: 9 }, () => "ISAPI_LOCKED")]);
    assert.equal(device.guard.failures, 2);
  });

  it("sends urgent requests while other requests pause after a rejected password", async () => {
    const { device, client } = await start();
    device.guard.setPassword("changed");
    await assert.rejects(client.read({ path: PATH }), code("ISAPI_AUTH"));
    const before = device.guard.failures;
    await assert.rejects(client.read({ path: PATH, connection: "urgent" }), code("ISAPI_LOCKED"));
    assert.equal(device.guard.failures, before + 1);
    device.guard.setPassword("s3cret:pass");
    assert.equal((await client.read({ path: PATH, connection: "urgent" })).status, 200);
    assert.equal((await client.read({ path: PATH })).status, 200);
  });

  it("does not block other requests while a late response is pending and its nonce was used up", async () => {
    const { device, client } = await start({ saysStale: false });
    await client.read({ path: PATH });
    let release = (): void => undefined;
    const after = new Promise<void>((resolve) => (release = resolve));
    device.handlers.set("/ISAPI/wait", () => ({ status: 200, after }));
    let refusals = 0;
    const reached = new Promise<void>((resolve) => {
      device.on("request", ({ url, status }) => {
        if (url !== "/ISAPI/wait") return;
        if (status === 200) resolve();
        else if ((refusals += 1) < 3) device.guard.expireNonces();
      });
    });
    device.guard.expireNonces();
    const waiting = client.read({ path: "/ISAPI/wait", connection: "lateEventStream" });
    await reached;
    assert.equal((await client.read({ path: PATH })).status, 200);
    release();
    await waiting;
    assert.equal(client.heldFor, undefined);
  });

  it("sends an urgent request while a slow one is pending", async () => {
    const { device, client } = await start();
    await client.read({ path: PATH });
    let release = (): void => undefined;
    const after = new Promise<void>((resolve) => (release = resolve));
    device.handlers.set("/ISAPI/slow", () => ({ status: 200, after }));
    const slow = Array.from({ length: 20 }, () => client.read({ path: "/ISAPI/slow" }));
    assert.equal((await client.read({ path: PATH, connection: "urgent" })).status, 200);
    release();
    await Promise.all(slow);
  });

  it("distinguishes a missing permission from a wrong password", async () => {
    const { device, client } = await start();
    device.handlers.set("/ISAPI/Security/users", ({ url }) => ({
      status: 401,
      body: responseStatus(url, 4, "Invalid Operation", "lowPrivilege"),
      headers: { "WWW-Authenticate": 'Digest realm="IP Camera(A1234)", nonce="n", qop="auth"' },
    }));
    await assert.rejects(client.read({ path: "/ISAPI/Security/users" }), code("ISAPI_FORBIDDEN"));
    assert.equal(client.heldFor, undefined);
  });

  describe("Basic", () => {
    it("is used if the user chose it", async () => {
      const { client } = await start({ digest: false, basic: true }, { auth: "basic" });
      assert.equal((await client.read({ path: PATH })).status, 200);
    });

    it("is not used if the device offers Digest, too", async () => {
      const { device, client } = await start({ basic: true });
      await client.read({ path: PATH });
      assert.match(device.requests.at(-1)?.authorization ?? "", /^Digest /);
    });

    it("is used by auto with a verified certificate", async () => {
      const tls = loopbackTls;
      const { client } = await start({ tls, digest: false, basic: true }, { tls: { ca: tls.cert } });
      assert.equal((await client.read({ path: PATH })).status, 200);
    });

    for (const auth of ["auto", "digest"] as const) {
      it(`is not sent to an unverified device with ${auth}`, async () => {
        const settings = { auth, verifyTls: false };
        const { device, client } = await start({ tls: loopbackTls, digest: false, basic: true }, settings);
        await assert.rejects(client.read({ path: PATH }), code("ISAPI_AUTH_SCHEME"));
        assert.ok(device.requests.every(({ authorization }) => authorization === undefined));
      });

      it(`does not send the password unencrypted with ${auth}`, async () => {
        const { device, client } = await start({ digest: false, basic: true }, { auth });
        await assert.rejects(client.read({ path: PATH }), code("ISAPI_AUTH_SCHEME"));
        assert.ok(device.requests.every(({ authorization }) => authorization === undefined));
      });
    }
  });
});
