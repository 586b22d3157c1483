import assert from "node:assert/strict";
import type { NodeAPI } from "node-red";
import { connectionOptions, type NatsCredentials } from "../../../nodes/nats-jetstream/connection";
import { options } from "../../../nodes/nats-jetstream/options";
import { readOptions } from "../../../nodes/kit/read-options";
import type { NatsConnectionOptions } from "../../../src/store/nats";

describe("the settings of nats-jetstream", () => {
  const tlsNode = { addTLSOptions: () => ({ ca: "CA" }) };
  const RED = {
    nodes: { getNode: (id: string) => (id === "tls" ? tlsNode : null) },
  } as unknown as NodeAPI;
  const read = (config: object, credentials: NatsCredentials = {}): NatsConnectionOptions =>
    connectionOptions(RED, readOptions(options, config), credentials);

  it("are a server on this computer by default", () => {
    assert.deepEqual(read({}), { servers: ["nats://127.0.0.1:4222"] });
  });

  it("are servers, sites and certificates", () => {
    assert.deepEqual(read({ servers: "nats://a:4222, tls://b", domains: "north, south", tls: "tls" }), {
      servers: ["nats://a:4222", "tls://b"],
      domains: ["north", "south"],
      tls: { ca: "CA" },
    });
  });

  it("contain only the credentials that are entered", () => {
    assert.deepEqual(read({ servers: "a" }, { username: "u", password: "p", token: "" }), {
      servers: ["a"],
      username: "u",
      password: "p",
    });
    assert.deepEqual(read({ servers: "a" }, { nkey: "SU1" }), { servers: ["a"], nkey: "SU1" });
  });

  it("name no address that contains a password", () => {
    assert.throws(
      () => read({ servers: "nats://user:s3cret@host:4222" }),
      (error: Error & { code: string }) => {
        assert.equal(error.code, "CONFIG_INVALID");
        assert.doesNotMatch(error.message, /s3cret/);
        return true;
      },
    );
  });

  it("refuse a domain that a subject cannot contain", () => {
    assert.throws(() => read({ domains: "north.>" }), { code: "CONFIG_INVALID" });
  });
});
