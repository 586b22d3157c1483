import assert from "node:assert/strict";
import { AllowedHosts } from "../../../src/net/allowed-hosts";

describe("AllowedHosts", () => {
  const listed = [
    ...["Cam1.example.com", "*.cams.example.com", "192.0.2.7", "198.51.100.0/24"],
    ...["2001:db8::/32", "[2001:db9::1]", "localcam"],
  ];
  const refuses = (host: string, entries: readonly string[] = listed): void => {
    assert.throws(
      () => {
        new AllowedHosts(entries).assertAllowed(host);
      },
      { code: "HOST_NOT_ALLOWED" },
      host,
    );
  };
  const allows = (host: string, entries: readonly string[] = listed): void => {
    assert.doesNotThrow(() => {
      new AllowedHosts(entries).assertAllowed(host);
    }, host);
  };

  it("allows every host if it is empty", () => {
    for (const host of ["anything.example", "10.0.0.1", "[::1]"]) allows(host, []);
  });

  it("allows names in any case, with or without the dot at the end", () => {
    for (const host of ["cam1.example.com", "CAM1.example.COM", "cam1.example.com.", "localcam"])
      allows(host);
  });

  it("allows the names below a wildcard, but not its domain and not names that only end like it", () => {
    for (const host of ["a.cams.example.com", "a.b.cams.example.com"]) allows(host);
    for (const host of ["cams.example.com", "evilcams.example.com", "a.cams.example.com.evil.test"])
      refuses(host);
  });

  it("allows addresses and networks in every form of the same address", () => {
    for (const host of ["192.0.2.7", "198.51.100.255", "[2001:db8::9]", "[2001:0db9:0:0::1]"]) allows(host);
    for (const host of ["[::ffff:192.0.2.7]", "[::ffff:c000:207]"]) allows(host);
    for (const host of ["192.0.2.8", "198.51.101.1", "[2001:dba::1]", "[::ffff:192.0.2.8]", "[::1]"])
      refuses(host);
  });

  it("refuses names if it has only addresses, and addresses if it has only names", () => {
    refuses("cam1.example.com", ["192.0.2.0/24"]);
    refuses("192.0.2.7", ["cam1.example.com"]);
    refuses("169.254.169.254", ["*.example.com"]);
  });

  it("names the entry that is not a host", () => {
    for (const entry of [
      "*",
      "*.",
      "192.0.2",
      "192.0.2.256",
      "192.0.2.0/33",
      "rtsp://cam",
      "cam:554",
      "a b",
      "0x7f",
    ])
      assert.throws(() => new AllowedHosts([entry]), { code: "CONFIG_INVALID" }, entry);
  });
});
