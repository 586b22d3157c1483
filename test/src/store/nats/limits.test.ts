import assert from "node:assert/strict";
import { jetstreamManager } from "@nats-io/jetstream";
import { nkeys } from "@nats-io/transport-node";
import { openNatsStore, type NatsConnectionOptions } from "../../../../src/store/nats";
import { NatsLink } from "../../../../src/store/nats/connection";
import { LargeMessages } from "../../../../src/store/nats/objects";
import { NatsStream } from "../../../../src/store/nats/stream";
import type { EventStore } from "../../../../src/store/store";
import { NatsServers } from "../../../support/nats-server";
import { outgoing } from "../../../support/store-reader";

type KeyPair = ReturnType<typeof nkeys.createUser>;

/** Signs claims as the NATS tools do. */
function jwt(issuer: KeyPair, subject: KeyPair, type: string, nats: object): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = {
    jti: subject.getPublicKey(),
    iat: Math.floor(Date.now() / 1000),
    iss: issuer.getPublicKey(),
    sub: subject.getPublicKey(),
    name: type,
    nats: { ...nats, type, version: 2 },
  };
  const text = `${part({ typ: "JWT", alg: "ed25519-nkey" })}.${part(claims)}`;
  return `${text}.${Buffer.from(issuer.sign(Buffer.from(text))).toString("base64url")}`;
}

const settings = {
  stream: "surveillance",
  subjects: ["surveillance.>"],
  maxBytes: 3_000_000,
  dedupWindowMs: 120_000,
};

describe("limits and accounts of NATS", function () {
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

  function open(connection: NatsConnectionOptions): EventStore {
    const store = openNatsStore({ ...settings, connection, putMs: 5_000 });
    stores.push(store);
    return store;
  }

  it("logs in with the content of a credentials file", async () => {
    const [operator, account, system, user] = [
      nkeys.createOperator(),
      nkeys.createAccount(),
      nkeys.createAccount(),
      nkeys.createUser(),
    ];
    const all = { subs: -1, data: -1, payload: -1 };
    const connections = { conn: -1, leaf: -1, imports: -1, exports: -1, wildcards: true };
    const limits = { ...all, ...connections, mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 };
    const server = await servers.start(`
      jetstream { store_dir: STORE_DIR }
      operator: ${jwt(operator, operator, "operator", {})}
      system_account: ${system.getPublicKey()}
      resolver: MEMORY
      resolver_preload: {
        ${account.getPublicKey()}: ${jwt(operator, account, "account", { limits })}
        ${system.getPublicKey()}: ${jwt(operator, system, "account", { limits: { ...all, ...connections } })}
      }`);
    const seed = new TextDecoder().decode(user.getSeed());
    const credentials = `-----BEGIN NATS USER JWT-----
${jwt(account, user, "user", all)}
------END NATS USER JWT------

-----BEGIN USER NKEY SEED-----
${seed}
------END USER NKEY SEED------
`;
    assert.equal((await open({ servers: [server.url], credentials }).put(outgoing("x"))).sequence, 1);
    await assert.rejects(open({ servers: [server.url] }).put(outgoing("x")), { code: "NATS_AUTH" });
  });

  it("tells the sender that the server's disk is full, and stores again when there is room", async () => {
    const server = await servers.start("jetstream { store_dir: STORE_DIR, max_file_store: 1MB }");
    const nc = await server.client();
    const jsm = await jetstreamManager(nc);
    await jsm.streams.add({ name: "surveillance", subjects: ["surveillance.>"] });
    const store = open({ servers: [server.url] });
    const text = "x".repeat(100_000);
    const fill = async (): Promise<void> => {
      for (let number = 0; number < 30; number += 1) await store.put(outgoing(text));
    };
    await assert.rejects(fill, (error: Error & { code: string }) => /^STORE_(DISK_)?FULL$/.test(error.code));
    await jsm.streams.purge("surveillance");
    assert.equal((await store.put(outgoing(text))).duplicate, false);
    await nc.close();
  });

  it("removes the content of large messages that were never stored, after an hour", async () => {
    const server = await servers.start();
    const link = new NatsLink({ servers: [server.url] });
    const stream = new NatsStream(link, settings);
    const large = new LargeMessages(stream);
    const session = await link.connected(new AbortController().signal);
    await large.write(session, "orphan", Buffer.alloc(200_000, "x"));
    await large.removeOrphans(session, Date.now() + 3_500_000);
    assert.equal((await large.read(session, "orphan")).length, 200_000);
    await large.removeOrphans(session, Date.now() + 3_700_000);
    await assert.rejects(large.read(session, "orphan"), { code: "STORE_MESSAGE_INVALID" });
    await link.close();
  });
});
