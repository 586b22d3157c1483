import assert from "node:assert/strict";
import { createRedactor } from "../../../src/core/redact";
import { growth, SQUARE } from "../../support/growth";

describe("createRedactor", () => {
  it("masks a secret anywhere in a text", () => {
    assert.equal(createRedactor(["s3cret"])("key s3cret, again s3cret"), "key ***, again ***");
  });

  it("masks a secret in its percent-encoded spelling", () => {
    assert.equal(createRedactor(["a/b c"])("?password=a%2Fb%20c"), "?password=***");
  });

  it("masks the userinfo of an unknown URL", () => {
    assert.equal(
      createRedactor()("cannot open rtsp://admin:x@10.0.0.9:554/Streaming"),
      "cannot open rtsp://***@10.0.0.9:554/Streaming",
    );
  });

  it("masks userinfo up to the last @, for passwords that were not escaped", () => {
    assert.equal(createRedactor()("rtsp://admin:p@ss/w@10.0.0.9/ch1"), "rtsp://***@10.0.0.9/ch1");
  });

  it("leaves no remainder where one secret contains another", () => {
    assert.equal(createRedactor(["abc", "abcdef"])("abcdef"), "***");
  });

  it("ignores empty secrets", () => {
    assert.equal(createRedactor([""])("nothing to hide"), "nothing to hide");
  });

  it("masks the userinfo of each URL in a text, and no similar text", () => {
    assert.equal(
      createRedactor()("http://a:b@x and 'rtsp://c@y', 1://d@z, mailto:e@f"),
      "http://***@x and 'rtsp://***@y', 1://d@z, mailto:e@f",
    );
  });

  const words = {
    "an image in base64": (size: number) => "a".repeat(size),
    "a row of schemes": (size: number) => "a://".repeat(size / 4),
    "a row of numbers": (size: number) => "1://".repeat(size / 4) + "@",
  };
  for (const [what, word] of Object.entries(words)) {
    it(`needs linear time for ${what}`, () => {
      const redact = createRedactor();
      const ratio = growth((size) => redact(word(size)), 8000);
      assert.ok(ratio < SQUARE, `${ratio}`);
    });
  }
});
