import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { chooseDigest, digestHeader, isStale, parseChallenges } from "../../../src/isapi/connection/digest";
import { readResponseStatus, statusError } from "../../../src/isapi/connection/response-status";
import { HttpAuthenticator } from "../../../src/net/auth/http-auth";
import { headerParameters } from "../../../src/net/auth/header-parameters";
import { PathToken } from "../../../src/net/auth/path-token";
import { refusal } from "../support/contract";
import type { Format } from "../support/format";
import { jsonOf, mutateJson, writeJson } from "../support/json";
import { damageText, oddText } from "../support/mutate";
import type { Random } from "../support/random";
import { element, fieldsOf, mutateXml, writeDocument } from "../support/xml";

const md5 = (text: string): string => createHash("md5").update(text).digest("hex");

function challenge(random: Random): string {
  const odd = (right: string): string => (random.chance(0.1) ? oddText(random) : right);
  const parameter = (name: string, value: string): string => {
    const quote = random.chance(0.9) ? '"' : "";
    return `${odd(name)}${random.pick(["=", "=", "=", " = "])}${quote}${value.replace(/"/g, '\\"')}${quote}`;
  };
  const parameters = [
    parameter("realm", odd("DS-2CD2")),
    parameter("nonce", odd("4e6f6e6365:1777882830")),
    ...random.several(3, () =>
      parameter(
        random.pick(["qop", "opaque", "stale", "algorithm", "domain"]),
        random.pick([
          ...["auth", "auth,auth-int", "TRUE", "MD5", "SHA-256", "MD5-sess", "SHA-512"],
          oddText(random),
        ]),
      ),
    ),
  ];
  const text = `${random.pick(["Digest", "digest", "Digest", "Basic"])} ${parameters.join(random.pick([", ", ",", " , "]))}`;
  return random.chance(0.2) ? damageText(text, random) : text;
}

/** Digest challenges of devices. */
export const digest: Format = {
  name: "digest",
  code: "src/isapi/connection/digest.ts",
  reaches: 0.5,
  run(random) {
    const headers = Array.from({ length: 1 + random.below(3) }, () => challenge(random));
    const challenges = parseChallenges(random.chance(0.3) ? headers.join(", ") : headers);
    assert.ok(challenges.length <= headers.join(",").length);
    for (const { scheme, params } of challenges) {
      assert.match(scheme, /^[a-z][a-z0-9-]*$/);
      assert.ok(Object.values(params).every((value) => typeof value === "string"));
    }
    const chosen = chooseDigest(challenges);
    if (chosen === undefined) return { read: false, refusal: "no digest" };
    isStale(chosen);
    const login = { username: 'us"er', password: "p\\ss" };
    const header = digestHeader(chosen, login, { method: "GET", uri: "/ISAPI", count: 1, clientNonce: "c" });
    assert.equal(headerParameters(header.slice("Digest ".length)).get("nonce"), chosen.params.nonce);
    assert.ok(!header.includes(login.password), "the password is in the header");
    return { read: true };
  },
  growing: {
    "blanks after the scheme": (size) => () => parseChallenges(`Digest${" ".repeat(size)}=`),
    "blanks after a parameter": (size) => () => parseChallenges(`Digest a=b${" ".repeat(size)}=`),
    commas: (size) => () => parseChallenges(`Digest a=b${",".repeat(size)}=`),
    "commas and blanks": (size) => () => parseChallenges(`Digest a=b${", ".repeat(size / 2)}=`),
    parameters: (size) => () => parseChallenges(`Digest ${'a="b",'.repeat(size / 6)}`),
    schemes: (size) => () => parseChallenges("Digest ".repeat(size / 7)),
    "an open quote": (size) => () => parseChallenges(`Digest a="${"x".repeat(size)}`),
    "escaped quotes": (size) => () => parseChallenges(`Digest a="${'\\"'.repeat(size / 2)}`),
    "a long name": (size) => () => parseChallenges(`Digest ${"a".repeat(size)}`),
  },
};

const login = { username: "camera", password: "right password" };
const URL_PATH = "/events/1";
const NOW = Date.parse("2026-05-04T08:20:30Z");

/** Makes the header of a client that knows the password. */
function answer(authenticator: HttpAuthenticator, password: string): string {
  const [offered = ""] = authenticator.challenges();
  const nonce = headerParameters(offered.slice("Digest ".length)).get("nonce") ?? "";
  const secret = md5(`${login.username}:camera events:${password}`);
  const response = md5([secret, nonce, "00000001", "c", "auth", md5(`POST:${URL_PATH}`)].join(":"));
  return `Digest username="${login.username}", realm="camera events", nonce="${nonce}", uri="${URL_PATH}", qop=auth, nc=00000001, cnonce="c", response="${response}"`;
}

/** Authorization headers of senders. Nobody without the password gets in, whatever the header is. */
export const authorization: Format = {
  name: "authorization",
  code: "src/net/auth/*.ts",
  reaches: 0.2,
  run(random) {
    const authenticator = new HttpAuthenticator(login, () => NOW);
    const request = (header: string, url = URL_PATH) => ({ method: "POST", url, authorization: header });
    const right = answer(authenticator, login.password);
    const isRight = random.chance(0.25);
    if (isRight) {
      assert.equal(authenticator.check(request(right)), "accepted");
      assert.equal(authenticator.check(request(right)), "stale", "a replay");
    }
    const wrong = random.pick([
      answer(authenticator, "wrong"),
      `Basic ${Buffer.from(`camera:${oddText(random)}`).toString("base64")}`,
      oddText(random),
      `Bearer ${oddText(random)}`,
    ]);
    const header = random.chance(0.7) ? damageText(wrong, random) : wrong;
    assert.equal(
      authenticator.check(request(header, random.chance(0.5) ? URL_PATH : oddText(random))),
      "refused",
    );
    const token = new PathToken("a-long-secret-token");
    assert.equal(token.check(request(header, damageText(URL_PATH, random))), "refused");
    assert.equal(
      token.check({ method: "POST", url: "/events/a-long-secret-token", authorization: undefined }),
      "accepted",
    );
    return isRight ? { read: true } : { read: false, refusal: "refused" };
  },
  growing: {
    parameters: (size) => () => headerParameters('a="b",'.repeat(size / 6)),
    names: (size) => () => headerParameters("a".repeat(size)),
    "open quotes": (size) => () => headerParameters('a="'.repeat(size / 3)),
    escapes: (size) => () => headerParameters(`a="${"\\".repeat(size)}`),
    bearer: (size) => () =>
      new PathToken("x").check({ method: "POST", url: "/", authorization: `Bearer${" ".repeat(size)}` }),
    "a long path": (size) => () =>
      new PathToken("x").check({ method: "POST", url: "/".repeat(size), authorization: undefined }),
  },
};

/** The status documents of devices. The message that a user reads shows nothing of the program. */
export const status: Format = {
  name: "response-status",
  code: "src/isapi/connection/response-status.ts",
  reaches: 0.6,
  run(random) {
    const fields = {
      requestURL: "/ISAPI",
      statusCode: "4",
      statusString: "Invalid Operation",
      subStatusCode: random.pick(["lowPrivilege", "notSupport", "deployExceedMax", oddText(random)]),
      errorMsg: "x",
    };
    const changes = random.below(3);
    const root = element("ResponseStatus", fieldsOf(fields), { version: "2.0" });
    let json = jsonOf(random.chance(0.5) ? { ResponseStatus: fields } : fields);
    for (let count = 0; count < changes; count += 1) {
      mutateXml(root, random);
      json = mutateJson(json, random);
    }
    const body = random.chance(0.5) ? writeDocument(root, random).toString() : writeJson(json);
    const error = statusError(random.pick([200, 400, 401, 403, 404, 500, 503]), body, "GET /ISAPI");
    const outcome = refusal(error);
    return readResponseStatus(body) === undefined ? outcome : { read: true };
  },
  growing: {
    prefixes: (size) => () => readResponseStatus("<a".repeat(size / 2)),
    "a long document": (size) => () =>
      readResponseStatus(`<ResponseStatus>${"<a>1</a>".repeat(size / 8)}</ResponseStatus>`),
  },
};
