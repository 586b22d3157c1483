import assert from "node:assert/strict";
import {
  booleanOption,
  bytesOption,
  choiceOption,
  listOption,
  numberOption,
  textOption,
} from "../../../nodes/kit/options";

const refused = { code: "CONFIG_INVALID" };

describe("numberOption", () => {
  it("parses numbers in text, as in a form or an environment variable", () => {
    assert.equal(numberOption("fps", " 2.5 "), 2.5);
  });

  it("returns undefined for a blank value", () => {
    for (const blank of ["", "  ", undefined, null]) assert.equal(numberOption("fps", blank), undefined);
  });

  it("refuses a value that is not a number, naming the setting and the valid range", () => {
    assert.throws(() => numberOption("fps", "fast", { min: 0 }), {
      ...refused,
      message: 'fps is "fast": it must be a number of at least 0.',
    });
  });

  it("refuses numbers out of range", () => {
    assert.throws(() => numberOption("port", 70000, { min: 1, max: 65535, integer: true }), refused);
    assert.throws(() => numberOption("port", 1.5, { integer: true }), refused);
  });

  it("shortens a long value in the message", () => {
    const image = Buffer.alloc(100_000);
    assert.throws(
      () => numberOption("volume", image),
      ({ message }: Error) => message.length < 200,
    );
    assert.throws(
      () => choiceOption("action", "x".repeat(100_000), ["play"], "play"),
      ({ message }: Error) => message.length < 200,
    );
  });

  it("does not read true as 1", () => {
    assert.throws(() => numberOption("fps", true), refused);
  });
});

describe("booleanOption", () => {
  it("accepts booleans and the words for them", () => {
    for (const yes of [true, "true", "TRUE", 1, "1", "on", "yes"])
      assert.equal(booleanOption("x", yes, false), true);
    for (const no of [false, "false", 0, "0", "off", "no"]) assert.equal(booleanOption("x", no, true), false);
  });

  it("returns the fallback for a blank value", () => {
    assert.equal(booleanOption("x", "", true), true);
  });

  it("refuses any other value", () => {
    assert.throws(() => booleanOption("verifyTls", "maybe", true), refused);
  });
});

describe("textOption", () => {
  it("trims text, and returns undefined if nothing remains", () => {
    assert.equal(textOption("  a b "), "a b");
    assert.equal(textOption("   "), undefined);
  });

  it("converts a number to text", () => {
    assert.equal(textOption(101), "101");
  });
});

describe("choiceOption", () => {
  it("accepts one of the choices, and returns the fallback for a blank value", () => {
    assert.equal(choiceOption("transport", "udp", ["tcp", "udp"], "tcp"), "udp");
    assert.equal(choiceOption("transport", "", ["tcp", "udp"], "tcp"), "tcp");
  });

  it("refuses any other value, naming the choices", () => {
    assert.throws(() => choiceOption("transport", "ipx", ["tcp", "udp"], "tcp"), {
      ...refused,
      message: 'transport is "ipx": it must be one of tcp, udp.',
    });
  });
});

describe("listOption", () => {
  it("splits at commas, trims and removes empty items", () => {
    assert.deepEqual(listOption("head, no_helmet,,"), ["head", "no_helmet"]);
  });

  it("accepts an array", () => {
    assert.deepEqual(listOption(["a", " b "]), ["a", "b"]);
  });

  it("returns an empty list for a blank value", () => {
    assert.deepEqual(listOption(undefined), []);
  });
});

describe("bytesOption", () => {
  const sizes: Record<string, number> = {
    "2048": 2048,
    "5mb": 5 * 2 ** 20,
    "1.5 GB": 1.5 * 2 ** 30,
    " 500 KB ": 512_000,
  };
  for (const [text, bytes] of Object.entries(sizes)) {
    it(`accepts "${text}"`, () => {
      assert.equal(bytesOption("size", text), bytes);
    });
  }

  it("accepts a number, and returns undefined for a blank value", () => {
    assert.equal(bytesOption("size", 1000), 1000);
    assert.equal(bytesOption("size", ""), undefined);
  });

  for (const text of ["a lot", "-5 MB", "0", "5 XB"]) {
    it(`refuses "${text}"`, () => {
      assert.throws(() => bytesOption("size", text), refused);
    });
  }
});
