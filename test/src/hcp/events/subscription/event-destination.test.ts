import assert from "node:assert/strict";
import { eventDestination } from "../../../../../src/hcp/events/subscription/event-destination";

describe("the address that HikCentral posts to", () => {
  const parts = { base: "http://10.0.0.7:1880", root: "/", path: "/hcp/events", token: "t" };

  for (const [what, changes, expected] of [
    ["address, path and token", {}, "http://10.0.0.7:1880/hcp/events/t"],
    ["no token if there is none", { token: undefined }, "http://10.0.0.7:1880/hcp/events"],
    [
      "the port in any case",
      { base: "https://node-red.example/" },
      "https://node-red.example:443/hcp/events/t",
    ],
    ["the path of Node-RED's HTTP nodes", { root: "/api/" }, "http://10.0.0.7:1880/api/hcp/events/t"],
    [
      "the path of a proxy instead",
      { base: "http://proxy:80/nr", root: "/api" },
      "http://proxy:80/nr/hcp/events/t",
    ],
    ["a path that is encoded for an address", { path: "/tür 1" }, "http://10.0.0.7:1880/t%C3%BCr%201/t"],
    ["a token that is encoded for a path", { token: "a/b c" }, "http://10.0.0.7:1880/hcp/events/a%2Fb%20c"],
  ] as const) {
    it(`has ${what}`, () => {
      assert.equal(eventDestination({ ...parts, ...changes }), expected);
    });
  }

  for (const base of ["", "10.0.0.7:1880", "ftp://10.0.0.7/", `http://10.0.0.7:1880/${"x".repeat(1010)}`]) {
    it(`rejects "${base.slice(0, 30)}" without showing the token`, () => {
      assert.throws(
        () => eventDestination({ ...parts, base, token: "s3cret" }),
        (error: Error & { code?: string }) =>
          error.code === "CONFIG_INVALID" && !error.message.includes("s3cret"),
      );
    });
  }
});
