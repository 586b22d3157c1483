import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { HttpAuthenticator } from "../../../src/net/http-auth";

const credentials = { username: "camera", password: "pass:word" };
const md5 = (text: string): string => createHash("md5").update(text).digest("hex");
const nonceOf = (challenge: string | undefined): string => /nonce="([^"]+)"/.exec(challenge ?? "")?.[1] ?? "";

/** What a client answers to a challenge (RFC 7616, 3.4.1). */
function digest(
  nonce: string,
  changes: { username?: string; password?: string; uri?: string; method?: string } = {},
): string {
  const { username = "camera", password = "pass:word", uri = "/viewtron", method = "POST" } = changes;
  const secret = md5(`${username}:camera events:${password}`);
  const response = md5(`${secret}:${nonce}:00000001:abc:auth:${md5(`${method}:${uri}`)}`);
  return `Digest username="${username}", realm="camera events", nonce="${nonce}", uri="${uri}", qop=auth, nc=00000001, cnonce="abc", response="${response}", algorithm=MD5`;
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

  it("refuses who brings nothing, and offers Digest before Basic", () => {
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

  it("accepts Digest for a request line with the whole URL, whichever of both the client signs", () => {
    assert.equal(check(digest(nonce()), "http://192.0.2.1:5002/viewtron"), "accepted");
    assert.equal(
      check(digest(nonce(), { uri: "http://192.0.2.1:5002/viewtron" }), "http://192.0.2.1:5002/viewtron"),
      "accepted",
    );
  });

  it("refuses a digest of another password, user, path, method or of a nonce that it did not make", () => {
    assert.equal(check(digest(nonce(), { password: "wrong" })), "refused");
    assert.equal(check(digest(nonce(), { username: "other" })), "refused");
    assert.equal(check(digest(nonce(), { uri: "/other" })), "refused");
    assert.equal(check(digest(nonce(), { method: "GET" })), "refused");
    assert.equal(check(digest(`${now}.${"0".repeat(64)}`)), "refused");
  });

  it("asks who knows the password for a new nonce when the old one is too old", () => {
    const old = digest(nonce());
    now += 6 * 60_000;
    assert.equal(check(old), "stale");
    assert.match(authenticator.challenges("stale")[0] ?? "", /stale=true/);
  });
});
