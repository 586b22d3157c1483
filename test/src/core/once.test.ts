import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { Once } from "../../../src/core/once";

describe("Once", () => {
  it("tells the first time of a key from the others", () => {
    const once = new Once();
    assert.deepEqual(
      ["a", "a", "b", "a"].map((key) => once.first(key)),
      [true, false, true, false],
    );
  });

  it("takes a forgotten key for new, and no other", () => {
    const once = new Once();
    for (const key of ["a", "b"]) once.first(key);
    once.forget("a");
    assert.deepEqual([once.first("a"), once.first("b")], [true, false]);
  });

  it("takes every key for new after it was cleared", () => {
    const once = new Once();
    for (const key of ["a", "b"]) once.first(key);
    once.clear();
    assert.deepEqual([once.first("a"), once.first("b")], [true, true]);
  });

  it("forgets all others when a key is one too many", () => {
    const once = new Once(2);
    for (const key of ["a", "b", "c"]) once.first(key);
    assert.deepEqual([once.first("c"), once.first("a")], [false, true]);
  });

  it("remembers only the last key where it holds one", () => {
    const once = new Once(1);
    assert.deepEqual(
      ["a", "a", "b", "b", "a"].map((key) => once.first(key)),
      [true, false, true, false, true],
    );
  });
});
