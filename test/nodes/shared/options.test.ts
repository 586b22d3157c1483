import assert from "node:assert/strict";
import {
  booleanOption,
  choiceOption,
  listOption,
  numberOption,
  textOption,
} from "../../../nodes/shared/options";

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
