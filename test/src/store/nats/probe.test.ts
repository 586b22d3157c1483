import assert from "node:assert/strict";
import { probeNats } from "../../../../src/store/nats";
import { NatsServers } from "../../../support/nats-server";

describe("the test of a NATS connection", function () {
  this.timeout(30_000);
  const servers = new NatsServers();

  before(async function () {
    await servers.prepare(this);
  });
  afterEach(() => servers.removeAll());

  it("shows version, domain and streams", async () => {
    const { hub } = await servers.hub();
    const { version, domain, streams } = await probeNats({ servers: [hub.url] });
    assert.match(version, /^\d+\.\d+/);
    assert.equal(domain, "hub");
    assert.deepEqual(streams, []);
  });

  it("fails with the first attempt", async () => {
    const server = await servers.add();
    await assert.rejects(probeNats({ servers: [server.url] }), { code: "CONNECTION_REFUSED" });
  });

  it("says that JetStream is off", async () => {
    const server = await servers.start("");
    await assert.rejects(probeNats({ servers: [server.url] }), { code: "NATS_STREAM" });
  });
});
