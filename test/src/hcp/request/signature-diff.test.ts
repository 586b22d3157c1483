import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { explainSignature, withoutSecrets } from "../../../../src/hcp/request/signature-diff";

const ours = "POST\n*/*\napplication/json\nx-ca-key:123\n/artemis/api/x";
const echo = (signed: string): string => `Invalid Signature! and StringToSign: ${signed}`;

describe("a gateway's message about a rejected signature", () => {
  it("is compared line by line", () => {
    const forgotten = ours.replace("/artemis", "");
    assert.match(explainSignature(echo(forgotten), ours) ?? "", /^Line 5 .*"\/api\/x".*"\/artemis\/api\/x"/);
  });

  it("may have line breaks that are escaped once more", () => {
    const escaped = ours.replaceAll("\n", "\\n").replace("*/*", "application/json");
    assert.match(explainSignature(echo(escaped), ours) ?? "", /^Line 2 .*"application\/json".*"\*\/\*"/);
  });

  it("may lack a line", () => {
    assert.match(
      explainSignature(echo("POST\n*/*\napplication/json\nx-ca-key:123"), ours) ?? "",
      /^Line 5 .*line missing/,
    );
  });

  it("is separated from names, keys and secrets that newer builds append", () => {
    const tail = ", apiName : list, appKey : 123, secret : s3cret";
    assert.match(explainSignature(echo(ours + tail), ours) ?? "", /same text: the app secret is wrong/);
  });

  it("is shown without secrets, in whatever form they are appended", () => {
    for (const tail of [
      "; secret=s3cret",
      ' {"appSecret":"s3cret"}',
      ", appSecret: s3cret",
      "\nsecret : s3cret",
    ]) {
      const message = echo(ours + tail);
      assert.ok(!withoutSecrets(message).includes("s3cret"), tail);
      assert.ok(!(explainSignature(message, ours) ?? "").includes("s3cret"), tail);
    }
    assert.equal(
      withoutSecrets("no partner for appKey : 123, secret : s3cret"),
      "no partner for appKey : ***, secret : ***",
    );
  });

  it("has no explanation without the string to sign", () => {
    assert.equal(explainSignature("Invalid Signature!", ours), undefined);
  });
});
