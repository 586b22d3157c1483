import assert from "node:assert/strict";
import { AllowList, plainAddress } from "../../../../src/net/webhook/allow-list";

describe("AllowList", () => {
  it("allows every address when it is empty", () => {
    assert.ok(new AllowList([]).allows("203.0.113.9"));
  });

  it("allows single addresses and networks, IPv4 and IPv6", () => {
    const list = new AllowList(["192.0.2.7", "198.51.100.0/24", "2001:db8::/32", "::1"]);
    for (const address of ["192.0.2.7", "198.51.100.200", "2001:db8::7", "::1"])
      assert.ok(list.allows(address), address);
    for (const address of ["192.0.2.8", "198.51.101.1", "2001:db9::7", "::2"]) {
      assert.ok(!list.allows(address), address);
    }
  });

  it("recognizes an IPv4 address that a dual-stack server shows as IPv6", () => {
    assert.ok(new AllowList(["192.0.2.7"]).allows("::ffff:192.0.2.7"));
    assert.equal(plainAddress("::ffff:192.0.2.7"), "192.0.2.7");
  });

  it("refuses a client whose address is unknown", () => {
    assert.ok(!new AllowList(["192.0.2.7"]).allows(undefined));
  });

  for (const entry of [
    "camera",
    "192.0.2",
    "192.0.2.0/33",
    "192.0.2.0/x",
    "2001:db8::/129",
    "192.0.2.0/24/8",
    "192.0.2.0/",
  ]) {
    it(`refuses ${entry} as an entry`, () => {
      assert.throws(() => new AllowList([entry]), { code: "CONFIG_INVALID" });
    });
  }
});
