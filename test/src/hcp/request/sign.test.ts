import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { sign } from "../../../../src/hcp/request/sign";

const base = { method: "POST", path: "/artemis/api/x", headers: {}, secret: "s" };

describe("sign", () => {
  it("reproduces the signature of the guide's example request, with query, form and custom headers", () => {
    const signed = sign({
      method: "POST",
      path: "/artemis/api/example",
      query: [
        ["qa", "a"],
        ["qb", "B"],
      ],
      form: [
        ["x-body", "x"],
        ["a-body", "a"],
      ],
      headers: {
        Accept: "*/*",
        "Content-Type": "text/plain;charset=UTF-8",
        "Content-Length": "0",
        Connection: "keep-alive",
        "header-A": "A",
        "header-B": "b",
        "X-Ca-Timestamp": "1479968678000",
        "X-Ca-Key": "29666671",
      },
      secret: "empsl21ds3",
    });
    assert.equal(signed.signature, "JRpUpk1ETjzr5gsbo4qoEA9EiQPejvNz12B837xV5HI=");
    assert.equal(signed.signatureHeaders, "header-a,header-b,x-ca-key,x-ca-timestamp");
  });

  it("reproduces the vendor's vector of a JSON request, and ends the string to sign without a line break", () => {
    const signed = sign({
      method: "POST",
      path: "/artemis/api/vehicle/v1/parkingfee/calculate",
      headers: {
        Accept: "*/*",
        "Content-Type": "application/json",
        "X-Ca-Key": "test-ak",
        "X-Ca-Timestamp": "1479968678000",
      },
      secret: "test-secret",
    });
    assert.equal(signed.signature, "rkpWqx7qKJj95FSwyQhUDgIGT30BCs6AjwFxQwYizmk=");
    const withLineBreak = createHmac("sha256", "test-secret").update(`${signed.stringToSign}\n`);
    assert.equal(withLineBreak.digest("base64"), "zMDd4ADtSlx0BKygEoser29aLsjOYEaqJ7tnW/qMqCU=");
  });

  it("omits the line of an absent header and keeps an empty line for a blank header", () => {
    const headers = { Accept: "*/*", "Content-MD5": "", "Content-Type": "application/json" };
    assert.equal(sign({ ...base, headers }).stringToSign, "POST\n*/*\n\napplication/json\n/artemis/api/x");
    assert.equal(sign(base).stringToSign, "POST\n/artemis/api/x");
  });

  it("signs Accept, Content-MD5, Content-Type and Date always in this order", () => {
    const headers = { date: "d", "CONTENT-TYPE": "t", "content-md5": "m", accept: "a" };
    const { stringToSign, signatureHeaders } = sign({ ...base, headers });
    assert.equal(stringToSign, "POST\na\nm\nt\nd\n/artemis/api/x");
    assert.equal(signatureHeaders, "");
  });

  it("lower-cases and sorts custom headers, trims their values and keeps empty ones", () => {
    const headers = { "X-Ca-Nonce": "n", userId: "", "X-Ca-Key": "  k " };
    assert.equal(
      sign({ ...base, headers }).stringToSign,
      "POST\nuserid:\nx-ca-key:k\nx-ca-nonce:n\n/artemis/api/x",
    );
  });

  it("never signs the headers that the guide exempts", () => {
    const headers = {
      "X-Ca-Signature": "x",
      "X-Ca-Signature-Headers": "x",
      "Content-Length": "1",
      Server: "x",
      Connection: "x",
      Host: "x",
      "Transfer-Encoding": "x",
      "X-Application-Context": "x",
      "Content-Encoding": "x",
    };
    assert.equal(sign({ ...base, headers }).stringToSign, "POST\n/artemis/api/x");
  });

  it("sorts merged parameters, uses the first of duplicates and writes an empty one without an equals sign", () => {
    const query = [
      ["b", "2"],
      ["a", "1"],
      ["b", "3"],
      ["c", ""],
    ] as const;
    const form = [
      ["a", "9"],
      ["B", "0"],
    ] as const;
    assert.equal(sign({ ...base, query, form }).stringToSign, "POST\n/artemis/api/x?B=0&a=1&b=2&c");
  });

  it("upper-cases the method and encodes secret and values as UTF-8", () => {
    const { stringToSign, signature } = sign({ ...base, method: "post", query: [["q", "ä"]], secret: "ß" });
    assert.equal(stringToSign, "POST\n/artemis/api/x?q=ä");
    const expected = createHmac("sha256", Buffer.from("ß", "utf8")).update(Buffer.from(stringToSign, "utf8"));
    assert.equal(signature, expected.digest("base64"));
  });
});
