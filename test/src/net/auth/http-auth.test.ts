import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { HttpAuthenticator } from "../../../../src/net/auth/http-auth";
import { growth, SQUARE } from "../../../support/growth";

const credentials = { username: "camera", password: "pass:word" };
const md5 = (text: string): string => createHash("md5").update(text).digest("hex");
const nonceOf = (challenge: string | undefined): string => /nonce="([^"]+)"/.exec(challenge ?? "")?.[1] ?? "";

/** Returns a client's response to a challenge (RFC 7616, 3.4.1). */
function digest(
  nonce: string,
  changes: { username?: string; password?: string; uri?: string; method?: string; nc?: number } = {},
): string {
  const { username = "camera", password = "pass:word", uri = "/viewtron", method = "POST" } = changes;
  const nc = (changes.nc ?? 1).toString(16).padStart(8, "0");
  const secret = md5(`${username}:camera events:${password}`);
  const response = md5(`${secret}:${nonce}:${nc}:abc:auth:${md5(`${method}:${uri}`)}`);
  return `Digest username="${username}", realm="camera events", nonce="${nonce}", uri="${uri}", qop=auth, nc=${nc}, cnonce="abc", response="${response}", algorithm=MD5`;
}

describe("HttpAuthenticator", () => {
  let now: number;
  let authenticator: HttpAuthenticator;
  const check = (authorization: string | undefined, url = "/viewtron"): string =>
    authenticator.check({ method: "POST", url, authorization });
  const nonce = (): string => nonceOf(authenticator.challenges()[0]);

  beforeEach(() => {
    now = Date.parse("2026-05-04T08:00:00Z");
    authenticator = new HttpAuthenticator(credentials, () => now);
  });

  it("refuses a request without credentials, and offers Digest before Basic", () => {
    assert.equal(check(undefined), "refused");
    assert.deepEqual(
      authenticator.challenges().map((challenge) => challenge.split(" ")[0]),
      ["Digest", "Basic"],
    );
  });

  it("accepts Basic, with a colon in the password", () => {
    const basic = (text: string): string => `Basic ${Buffer.from(text).toString("base64")}`;
    assert.equal(check(basic("camera:pass:word")), "accepted");
    assert.equal(check(basic("camera:wrong")), "refused");
    assert.equal(check(basic("other:pass:word")), "refused");
  });

  it("accepts Digest", () => {
    assert.equal(check(digest(nonce())), "accepted");
  });

  it("accepts Digest for a request line with the whole URL, whether the client signs the URL or its path", () => {
    assert.equal(check(digest(nonce()), "http://192.0.2.1:5002/viewtron"), "accepted");
    assert.equal(
      check(digest(nonce(), { uri: "http://192.0.2.1:5002/viewtron" }), "http://192.0.2.1:5002/viewtron"),
      "accepted",
    );
  });

  it("accepts Digest behind a reverse proxy that removes the first part of the path", () => {
    assert.equal(check(digest(nonce(), { uri: "/node-red/viewtron" })), "accepted");
    assert.equal(check(digest(nonce(), { uri: "/notviewtron" })), "refused");
  });

  it("refuses a digest with another password, user, path or method, or with a foreign nonce", () => {
    assert.equal(check(digest(nonce(), { password: "wrong" })), "refused");
    assert.equal(check(digest(nonce(), { username: "other" })), "refused");
    assert.equal(check(digest(nonce(), { uri: "/other" })), "refused");
    assert.equal(check(digest(nonce(), { method: "GET" })), "refused");
    assert.equal(check(digest(`${now}.${"0".repeat(64)}`)), "refused");
  });

  it("offers a client that knows the password a new nonce if its nonce is too old", () => {
    const old = digest(nonce());
    now += 6 * 60_000;
    assert.equal(check(old), "stale");
    assert.match(authenticator.challenges("stale")[0] ?? "", /stale=true/);
  });

  it("refuses a repeated request, and offers a new nonce", () => {
    const request = digest(nonce());
    assert.deepEqual([check(request), check(request)], ["accepted", "stale"]);
    assert.equal(check(digest(nonce())), "accepted");
  });

  it("accepts the requests of parallel connections in any order, each once", () => {
    const used = nonce();
    const counts = [3, 1, 2, 100, 5, 4];
    for (const nc of counts) assert.equal(check(digest(used, { nc })), "accepted", `${nc}`);
    for (const nc of counts) assert.equal(check(digest(used, { nc })), "stale", `${nc}`);
  });

  it("refuses a count far below the highest one", () => {
    const used = nonce();
    assert.equal(check(digest(used, { nc: 1000 })), "accepted");
    assert.equal(check(digest(used, { nc: 2 })), "stale");
  });

  it("refuses a count that is not a hexadecimal number", () => {
    assert.equal(check(digest(nonce()).replace("nc=00000001", "nc=first")), "refused");
  });

  it("accepts a request without a count once", () => {
    const used = nonce();
    const secret = md5("camera:camera events:pass:word");
    const response = md5(`${secret}:${used}:${md5("POST:/viewtron")}`);
    const request = `Digest username="camera", nonce="${used}", uri="/viewtron", response="${response}"`;
    assert.deepEqual([check(request), check(request)], ["accepted", "stale"]);
  });

  it("never issues the same nonce twice, so that no client uses the nonce of another", () => {
    assert.notEqual(nonce(), nonce());
  });

  it("reads quoted parameters with escapes, and blanks or commas between", () => {
    const request = digest(nonce()).replace('username="camera", ', 'username="cam\\era" ,,\t');
    assert.equal(check(request), "accepted");
  });

  const headers = {
    "a long name": (size: number) => "a".repeat(size),
    "quotes that are never closed": (size: number) => 'a="'.repeat(size / 3),
    "a row of escapes": (size: number) => `a="${"\\".repeat(size)}`,
    "a row of equals signs": (size: number) => "=".repeat(size),
  };
  for (const [what, header] of Object.entries(headers)) {
    it(`needs linear time for a header with ${what}`, () => {
      const ratio = growth((size) => check(`Digest ${header(size)}`), 4000);
      assert.ok(ratio < SQUARE, `${ratio}`);
    });
  }
});
