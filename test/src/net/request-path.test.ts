import assert from "node:assert/strict";
import { belowRoot, isAtPath, trimSlashes } from "../../../src/net/request-path";
import { PathToken } from "../../../src/net/auth/path-token";
import { growth, SQUARE } from "../../support/growth";

describe("a request's path", () => {
  it("is cut at the root as Express cuts it", () => {
    const below = (url: string): string | undefined => belowRoot(url, "/api/");
    assert.equal(below("/api/events?x=1"), "/events?x=1");
    assert.equal(below("/API/events"), "/events");
    assert.equal(below("/api//events"), "/events");
    assert.equal(below("http://192.0.2.1:1880/api/events"), "/events");
    assert.equal(below("/api"), "/");
    assert.equal(below("/apis/events"), undefined);
    assert.equal(below("/events"), undefined);
    assert.equal(belowRoot("/events", "/"), "/events");
  });

  it("is compared with a listener's paths without the slashes at its ends", () => {
    assert.ok(isAtPath("/events/?x=1", ["events"]));
    assert.ok(isAtPath("http://192.0.2.1/events", ["/events/"]));
    assert.ok(isAtPath("/events/token", ["/events/*"]));
    assert.ok(isAtPath("/token", ["//*"]));
    assert.equal(isAtPath("/events/a/b", ["/events", "/events/*"]), false);
  });

  it("may have letters other than ASCII, which senders encode", () => {
    assert.ok(isAtPath("/t%C3%BCr/token", ["/tür/*"]));
    assert.ok(isAtPath("/t%C3%BCr", ["/t%C3%BCr"]));
    assert.ok(isAtPath("/%E4%BA%8B%E4%BB%B6", ["事件"]));
  });

  const paths = {
    trimmed: (path: string) => trimSlashes(path),
    "looked up": (path: string) => isAtPath(path, ["/events", "/events/*"]),
    "searched for a token": (path: string) =>
      new PathToken("secret").check({ method: "POST", url: path, authorization: undefined }),
  };
  for (const [what, work] of Object.entries(paths)) {
    it(`needs linear time to be ${what}`, () => {
      const ratio = growth((size) => work(`/x${"/".repeat(size)}x`), 8000);
      assert.ok(ratio < SQUARE, `${ratio}`);
    });
  }
});
