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
  it("takes numbers typed as text, as they come from a form or an environment variable", () => {
    assert.equal(numberOption("fps", " 2.5 "), 2.5);
  });

  it("is undefined when left blank", () => {
    for (const blank of ["", "  ", undefined, null]) assert.equal(numberOption("fps", blank), undefined);
  });

  it("refuses what is no number, naming the setting and what it must be", () => {
    assert.throws(() => numberOption("fps", "fast", { min: 0 }), {
      ...refused,
      message: 'fps is "fast": it must be a number of at least 0.',
    });
  });

  it("refuses numbers out of range", () => {
    assert.throws(() => numberOption("port", 70000, { min: 1, max: 65535, integer: true }), refused);
    assert.throws(() => numberOption("port", 1.5, { integer: true }), refused);
  });

  it("repeats no more of a value than can be read", () => {
    const picture = Buffer.alloc(100_000);
    assert.throws(
      () => numberOption("volume", picture),
      ({ message }: Error) => message.length < 200,
    );
    assert.throws(
      () => choiceOption("action", "x".repeat(100_000), ["play"], "play"),
      ({ message }: Error) => message.length < 200,
    );
  });

  it("does not take true for 1", () => {
    assert.throws(() => numberOption("fps", true), refused);
  });
});

describe("booleanOption", () => {
  it("takes booleans, and the words for them", () => {
    for (const yes of [true, "true", "TRUE", 1, "1", "on", "yes"])
      assert.equal(booleanOption("x", yes, false), true);
    for (const no of [false, "false", 0, "0", "off", "no"]) assert.equal(booleanOption("x", no, true), false);
  });

  it("falls back when left blank", () => {
    assert.equal(booleanOption("x", "", true), true);
  });

  it("refuses anything else", () => {
    assert.throws(() => booleanOption("verifyTls", "maybe", true), refused);
  });
});

describe("textOption", () => {
  it("trims, and is undefined when nothing is left", () => {
    assert.equal(textOption("  a b "), "a b");
    assert.equal(textOption("   "), undefined);
  });

  it("writes a number as text", () => {
    assert.equal(textOption(101), "101");
  });
});

describe("choiceOption", () => {
  it("takes one of the choices and falls back when left blank", () => {
    assert.equal(choiceOption("transport", "udp", ["tcp", "udp"], "tcp"), "udp");
    assert.equal(choiceOption("transport", "", ["tcp", "udp"], "tcp"), "tcp");
  });

  it("refuses anything else, naming the choices", () => {
    assert.throws(() => choiceOption("transport", "ipx", ["tcp", "udp"], "tcp"), {
      ...refused,
      message: 'transport is "ipx": it must be one of tcp, udp.',
    });
  });
});

describe("listOption", () => {
  it("splits at commas, trims and drops empty items", () => {
    assert.deepEqual(listOption("head, no_helmet,,"), ["head", "no_helmet"]);
  });

  it("takes an array", () => {
    assert.deepEqual(listOption(["a", " b "]), ["a", "b"]);
  });

  it("is empty when left blank", () => {
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
    it(`takes "${text}"`, () => {
      assert.equal(bytesOption("size", text), bytes);
    });
  }

  it("takes a number and is undefined when left blank", () => {
    assert.equal(bytesOption("size", 1000), 1000);
    assert.equal(bytesOption("size", ""), undefined);
  });

  for (const text of ["a lot", "-5 MB", "0", "5 XB"]) {
    it(`refuses "${text}"`, () => {
      assert.throws(() => bytesOption("size", text), refused);
    });
  }
});
