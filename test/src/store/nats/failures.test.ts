import assert from "node:assert/strict";
import { DiscardPolicy, jetstreamManager } from "@nats-io/jetstream";
import { nkeys } from "@nats-io/transport-node";
import type { ErrorCode, SurveillanceError } from "../../../../src/core/errors";
import { openNatsStore, type NatsConnectionOptions, type NatsStoreOptions } from "../../../../src/store/nats";
import type { EventStore } from "../../../../src/store/store";
import { loopbackTls } from "../../../support/loopback-tls";
import { NatsServers } from "../../../support/nats-server";
import { StoreReader, outgoing, textOf } from "../../../support/store-reader";

const jetstream = "jetstream { store_dir: STORE_DIR }";

describe("failures of NATS", function () {
  this.timeout(60_000);
  const servers = new NatsServers();
  const stores: EventStore[] = [];

  before(async function () {
    await servers.prepare(this);
  });
  afterEach(async () => {
    await Promise.all(stores.splice(0).map((store) => store.close()));
    await servers.removeAll();
  });

  function open(
    connection: Partial<NatsConnectionOptions> & { servers: string[] },
    options: Partial<NatsStoreOptions> = {},
  ): EventStore {
    const store = openNatsStore({
      connection,
      stream: "surveillance",
      subjects: ["surveillance.>"],
      maxBytes: 50_000_000,
      dedupWindowMs: 120_000,
      putMs: 2_000,
      trimMs: 50,
      ...options,
    });
    stores.push(store);
    return store;
  }

  async function refusal(store: EventStore): Promise<SurveillanceError> {
    return store.put(outgoing("x")).then(
      () => assert.fail("stored"),
      (error: unknown) => error as SurveillanceError,
    );
  }

  it("stores through kill -9 and restart of the server: nothing is lost or stored twice", async () => {
    const server = await servers.start();
    const store = open({ servers: [server.url] }, { putMs: 30_000 });
    const reader = new StoreReader(store);
    const texts: string[] = [];
    let restarting = Promise.resolve();
    const stored: Promise<unknown>[] = [];
    for (let number = 0; number < 300; number += 1) {
      if (number === 100 || number === 200) {
        await restarting;
        await server.kill();
        restarting = server.start();
      }
      stored.push(store.put(outgoing(String(number))));
      texts.push(String(number));
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await Promise.all(stored);
    await reader.until(() => new Set(reader.deliveries.map(({ sequence }) => sequence)).size === 300);
    // A killed server forgets the last acknowledgements. The delivery window drops what comes again.
    const first = new Map([...reader.deliveries].reverse().map((delivery) => [delivery.sequence, delivery]));
    const inOrder = [...first.values()].sort((one, other) => one.sequence - other.sequence);
    assert.deepEqual(await Promise.all(inOrder.map(textOf)), texts);
  });

  it("tells the sender when the server is away, and says so in the state", async () => {
    const server = await servers.start();
    const store = open({ servers: [server.url] });
    const reader = new StoreReader(store);
    await reader.until(() => reader.kind === "connected");
    await server.kill();
    await reader.until(() => reader.kind === "retrying");
    const error = await refusal(store);
    assert.ok(["CONNECTION_REFUSED", "CONNECTION_LOST"].includes(error.code), error.code);
    assert.equal(reader.failures.length, 1, "one failure for one fault");
    await server.start();
    await reader.until(() => reader.kind === "connected");
    assert.equal((await store.put(outgoing("back"))).duplicate, false);
  });

  it("connects to a server that starts later", async () => {
    const server = await servers.add();
    const store = open({ servers: [server.url] }, { putMs: 20_000 });
    const stored = store.put(outgoing("early"));
    await server.start();
    assert.equal((await stored).sequence, 1);
  });

  it("gives up on a server that no longer responds, and stores the message once when it does", async () => {
    const server = await servers.start();
    const store = open({ servers: [server.url] });
    await store.put(outgoing("1"));
    await server.freeze();
    const message = outgoing("2");
    await assert.rejects(store.put(message), { code: "TIMEOUT" });
    server.thaw();
    await store.put(message);
    assert.equal((await store.put(outgoing("3"))).sequence, 3);
  });

  const rejections: { what: string; config: string; wrong: object; right: object }[] = [
    {
      what: "password",
      config: `${jetstream}\nauthorization { user: cam, password: "s3cret" }`,
      wrong: { username: "cam", password: "wrong" },
      right: { username: "cam", password: "s3cret" },
    },
    {
      what: "token",
      config: `${jetstream}\nauthorization { token: "t0ken" }`,
      wrong: { token: "wrong" },
      right: { token: "t0ken" },
    },
  ];
  for (const { what, config, wrong, right } of rejections) {
    it(`accepts the right ${what} and reports a wrong one without showing it`, async () => {
      const server = await servers.start(config);
      const error = await refusal(open({ servers: [server.url], ...wrong }));
      assert.equal(error.code, "NATS_AUTH");
      assert.doesNotMatch(`${error.message} ${error.stack} ${JSON.stringify(error.cause)}`, /wrong"/);
      assert.equal((await open({ servers: [server.url], ...right }).put(outgoing("x"))).sequence, 1);
    });
  }

  it("logs in with the seed of an nkey", async () => {
    const key = nkeys.createUser();
    const seed = new TextDecoder().decode(key.getSeed());
    const server = await servers.start(
      `${jetstream}\nauthorization { users: [ { nkey: ${key.getPublicKey()} } ] }`,
    );
    assert.equal((await open({ servers: [server.url], nkey: seed }).put(outgoing("x"))).sequence, 1);
    const other = new TextDecoder().decode(nkeys.createUser().getSeed());
    assert.equal((await refusal(open({ servers: [server.url], nkey: other }))).code, "NATS_AUTH");
  });

  describe("with TLS", () => {
    const config = (folder: string): string =>
      `${jetstream}\ntls { cert_file: "${folder}/loopback-cert.pem", key_file: "${folder}/loopback-key.pem" }`;
    const secure = config(`${__dirname}/../../../support/tls`);

    it("trusts the certificate that is given", async () => {
      const server = await servers.start(secure);
      const store = open({ servers: [server.url], tls: { ca: loopbackTls.cert } });
      assert.equal((await store.put(outgoing("x"))).sequence, 1);
    });

    it("refuses another certificate", async () => {
      const server = await servers.start(secure);
      assert.equal((await refusal(open({ servers: [server.url] }))).code, "TLS_FAILED");
    });

    it("sends no password to a server without TLS", async () => {
      const server = await servers.start();
      const error = await refusal(
        open({ servers: [`tls://127.0.0.1:${server.port}`], username: "u", password: "p" }),
      );
      assert.equal(error.code, "TLS_FAILED");
      assert.match(error.message, /does not offer TLS/);
    });
  });

  it("says that JetStream is off", async () => {
    const server = await servers.start("");
    const error = await refusal(open({ servers: [server.url] }));
    assert.equal(error.code, "NATS_STREAM");
    assert.match(error.message, /-js/);
  });

  it("says that another stream has the subject", async () => {
    const server = await servers.start();
    await open({ servers: [server.url] }).put(outgoing("x"));
    const error = await refusal(open({ servers: [server.url] }, { stream: "second" }));
    assert.equal(error.code, "NATS_STREAM");
    assert.match(error.message, /another stream has these subjects/);
  });

  it("uses a stream of the user as it is, and says what it may lose", async () => {
    const server = await servers.start();
    const nc = await server.client();
    const jsm = await jetstreamManager(nc);
    await jsm.streams.add({
      name: "surveillance",
      subjects: ["surveillance.>"],
      max_age: 3_600e9,
      max_bytes: 1_000_000,
      discard: DiscardPolicy.Old,
    });
    const warnings: string[] = [];
    const store = open({ servers: [server.url] }, { warn: (text) => warnings.push(text) });
    const reader = new StoreReader(store);
    await store.put(outgoing("x"));
    await reader.until(() => reader.deliveries.length === 1);
    const { config, state } = await jsm.streams.info("surveillance");
    assert.equal(config.max_age, 3_600e9);
    assert.equal(state.messages, 1, "it is not trimmed");
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? "", /max_age removes messages after 3600 s.*discard=old removes the oldest/);
    await nc.close();
  });

  it("follows a changed limit of its own stream", async () => {
    const server = await servers.start();
    await open({ servers: [server.url] }).put(outgoing("x"));
    await open({ servers: [server.url] }, { maxBytes: 70_000_000, dedupWindowMs: 5_000 }).put(outgoing("y"));
    const nc = await server.client();
    const { config } = await (await jetstreamManager(nc)).streams.info("surveillance");
    assert.equal(config.max_bytes, 70_000_000);
    assert.equal(config.duplicate_window, 5e9);
    await nc.close();
  });

  it("says that the server has less room than the limit", async () => {
    const server = await servers.start("jetstream { store_dir: STORE_DIR, max_file_store: 10MB }");
    const { code } = await refusal(open({ servers: [server.url] }));
    assert.equal(code satisfies ErrorCode, "STORE_FULL");
  });
});
