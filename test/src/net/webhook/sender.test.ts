import assert from "node:assert/strict";
import type { IncomingMessage } from "node:http";
import { AllowList } from "../../../../src/net/webhook/allow-list";
import { networkOf, senderOf } from "../../../../src/net/webhook/sender";

const proxies = new AllowList(["10.0.0.0/8", "2001:db8:1::/48"]);

function sender(remoteAddress: string, forwarded?: string, trusted: AllowList | undefined = proxies): string {
  const headers = forwarded === undefined ? {} : { "x-forwarded-for": forwarded };
  return senderOf({ socket: { remoteAddress }, headers } as unknown as IncomingMessage, trusted);
}

describe("the sender of a post", () => {
  it("is the address of the connection, whatever the header, unless that is a trusted proxy", () => {
    assert.equal(sender("192.0.2.7", "198.51.100.1"), "192.0.2.7");
    assert.equal(
      senderOf(
        { socket: { remoteAddress: "10.0.0.1" }, headers: { "x-forwarded-for": "192.0.2.1" } } as never,
        undefined,
      ),
      "10.0.0.1",
    );
    assert.equal(sender("::ffff:10.0.0.1"), "10.0.0.1");
  });

  it("is the last address in X-Forwarded-For that is not a trusted proxy", () => {
    assert.equal(sender("10.0.0.1", "192.0.2.7"), "192.0.2.7");
    assert.equal(sender("::ffff:10.0.0.1", "203.0.113.1, 192.0.2.7 ,10.0.0.2"), "192.0.2.7");
    assert.equal(sender("2001:db8:1::1", "192.0.2.7:4711, [2001:db8:1::2]:80"), "192.0.2.7");
    assert.equal(sender("10.0.0.1", "::ffff:192.0.2.7"), "192.0.2.7");
  });

  it("is the first proxy if all are trusted, or the last proxy that names no sender", () => {
    assert.equal(sender("10.0.0.1", "10.0.0.3, 10.0.0.2"), "10.0.0.3");
    assert.equal(sender("10.0.0.1", "192.0.2.7, unknown, 10.0.0.2"), "10.0.0.2");
    assert.equal(sender("10.0.0.1", "not an address"), "10.0.0.1");
  });

  it("is its whole IPv6 network for limits", () => {
    assert.equal(networkOf("192.0.2.7"), "192.0.2.7");
    assert.equal(networkOf("2001:db8:0:1:a::1"), networkOf("2001:0db8::1:ffff:2:3:4"));
    assert.notEqual(networkOf("2001:db8:0:1::1"), networkOf("2001:db8:0:2::1"));
    assert.equal(networkOf("fe80::1%eth0"), "fe80:0:0:0");
  });
});
