import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { definedFields, isFields, listOf, numberIn, numberOf, textOf } from "../../../src/core/fields";

describe("fields", () => {
  it("removes fields that are undefined, and keeps every other value", () => {
    const fields = { a: 1, b: undefined, c: null, d: "", e: 0, f: false };
    assert.deepEqual(Object.entries(definedFields(fields)), [
      ["a", 1],
      ["c", null],
      ["d", ""],
      ["e", 0],
      ["f", false],
    ]);
    assert.ok("b" in fields, "the argument is unchanged");
  });

  it("recognizes an object with fields, but not an array, null or a plain value", () => {
    assert.deepEqual([{}, { a: 1 }, [], null, undefined, "text", 5].map(isFields), [
      true,
      true,
      false,
      false,
      false,
      false,
      false,
    ]);
  });

  it("reads text, numbers and booleans as text", () => {
    const fields = { text: "x", number: 0, flag: false };
    assert.deepEqual(
      ["text", "number", "flag"].map((name) => textOf(fields, name)),
      ["x", "0", "false"],
    );
  });

  it("keeps blanks around a text", () => {
    assert.equal(textOf({ a: " x " }, "a"), " x ");
  });

  it("reads the first of several names that has a value", () => {
    assert.equal(textOf({ b: "", c: null, d: {}, e: "x", f: "y" }, "a", "b", "c", "d", "e", "f"), "x");
  });

  it("finds no text in a value that is not an object", () => {
    assert.deepEqual(
      [undefined, null, "text", ["text"]].map((value) => textOf(value, "0", "length")),
      [undefined, undefined, undefined, undefined],
    );
  });

  it("reads numbers and text with a number", () => {
    const fields = { a: 5, b: "-2.5", c: " 7 " };
    assert.deepEqual(
      ["a", "b", "c"].map((name) => numberOf(fields, name)),
      [5, -2.5, 7],
    );
  });

  it("does not read a number from any other value", () => {
    const fields = { a: "5 m", b: " ", c: Infinity, d: Number.NaN, e: true };
    for (const name of ["a", "b", "c", "d", "e", "f"]) assert.equal(numberOf(fields, name), undefined, name);
  });

  it("parses a text as a number", () => {
    assert.deepEqual([numberIn("1e3"), numberIn(""), numberIn(undefined)], [1000, undefined, undefined]);
  });

  it("reads one object or an array of objects as an array, without other values", () => {
    const [a, b] = [{ a: 1 }, { b: 2 }];
    assert.deepEqual(listOf([a, "text", null, b]), [a, b]);
    assert.deepEqual(listOf(a), [a]);
    assert.deepEqual([listOf(undefined), listOf("text")], [[], []]);
  });
});
