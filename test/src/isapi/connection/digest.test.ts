import assert from "node:assert/strict";
import {
  chooseDigest,
  digestHeader,
  isStale,
  parseChallenges,
  type Challenge,
} from "../../../../src/isapi/connection/digest";

const field = (header: string, name: string): string | undefined =>
  new RegExp(`[ ,]${name}="?([^",]*)"?`).exec(header)?.[1];

describe("digestHeader", () => {
  const request = { method: "GET", uri: "/dir/index.html", count: 1 };

  it("computes the example of RFC 2617, section 3.5", () => {
    const challenge: Challenge = {
      scheme: "digest",
      params: {
        realm: "testrealm@host.com",
        qop: "auth,auth-int",
        nonce: "dcd98b7102dd2f0e8b11d0f600bfb0c093",
        opaque: "5ccc069c403ebaf9f0171e9517f40e41",
      },
    };
    const header = digestHeader(
      challenge,
      { username: "Mufasa", password: "Circle Of Life" },
      { ...request, clientNonce: "0a4f113b" },
    );
    assert.equal(field(header, "response"), "6629fae49393a05397450978507c4ef1");
    assert.equal(field(header, "nc"), "00000001");
    assert.equal(field(header, "algorithm"), undefined);
  });

  for (const [algorithm, response] of [
    ["MD5", "8ca523f5e9506fed4657c9700eebdbec"],
    ["SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"],
  ] as const) {
    it(`computes the ${algorithm} example of RFC 7616, section 3.9.1`, () => {
      const header = digestHeader(
        {
          scheme: "digest",
          params: {
            realm: "http-auth@example.org",
            qop: "auth, auth-int",
            algorithm,
            nonce: "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
            opaque: "FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS",
          },
        },
        { username: "Mufasa", password: "Circle of Life" },
        { ...request, clientNonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ" },
      );
      assert.equal(field(header, "response"), response);
      assert.equal(field(header, "algorithm"), algorithm);
    });
  }

  it("computes without qop as RFC 2069 does", () => {
    const header = digestHeader(
      {
        scheme: "digest",
        params: { realm: "testrealm@host.com", nonce: "dcd98b7102dd2f0e8b11d0f600bfb0c093" },
      },
      { username: "Mufasa", password: "CircleOfLife" },
      { ...request, clientNonce: "unused" },
    );
    assert.equal(field(header, "response"), "1949323746fe6a43ef61f9606e7febea");
    assert.equal(field(header, "nc"), undefined);
  });
});

describe("parseChallenges", () => {
  it("parses several schemes in one header, in upper or lower case", () => {
    const challenges = parseChallenges(
      'digest realm="a, b", nonce="n", qop="auth", stale="FALSE", Basic realm="c"',
    );
    assert.deepEqual(
      challenges.map(({ scheme }) => scheme),
      ["digest", "basic"],
    );
    assert.equal(challenges[0]?.params.realm, "a, b");
    assert.equal(challenges[1]?.params.realm, "c");
  });

  it("parses several headers, empty values and tokens", () => {
    const [digest] = parseChallenges([
      'Digest qop=auth, nonce="n", opaque="", domain="::", stale=TRUE',
      "Basic",
    ]);
    assert.deepEqual(digest?.params, { qop: "auth", nonce: "n", opaque: "", domain: "::", stale: "TRUE" });
    assert.ok(isStale(digest));
  });

  it("returns no challenge for invalid headers", () => {
    assert.deepEqual(parseChallenges(undefined), []);
    assert.deepEqual(parseChallenges("=,,,"), []);
  });
});

describe("chooseDigest", () => {
  it("prefers SHA-256 to MD5 in any order", () => {
    const challenges = parseChallenges([
      'Digest realm="r", nonce="1", algorithm=MD5, qop="auth"',
      'Digest realm="r", nonce="2", algorithm=SHA-256, qop="auth"',
    ]);
    assert.equal(chooseDigest(challenges)?.params.nonce, "2");
  });

  it("ignores unsupported algorithms and qops", () => {
    const challenges = parseChallenges([
      'Digest realm="r", nonce="1", algorithm=SHA-512-256, qop="auth"',
      'Digest realm="r", nonce="2", qop="auth-int"',
    ]);
    assert.equal(chooseDigest(challenges), undefined);
  });
});
