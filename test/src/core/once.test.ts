import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { Once } from "../../../src/core/once";

describe("Once", () => {
  it("returns true for the first time of a key only", () => {
    const once = new Once();
    assert.deepEqual(
      ["a", "a", "b", "a"].map((key) => once.first(key)),
      [true, false, true, false],
    );
  });

  it("treats a forgotten key as new, and no other", () => {
    const once = new Once();
    for (const key of ["a", "b"]) once.first(key);
    once.forget("a");
    assert.deepEqual([once.first("a"), once.first("b")], [true, false]);
  });

  it("treats every key as new after it was cleared", () => {
    const once = new Once();
    for (const key of ["a", "b"]) once.first(key);
    once.clear();
    assert.deepEqual([once.first("a"), once.first("b")], [true, true]);
  });

  it("forgets all other keys when the maximum is exceeded", () => {
    const once = new Once(2);
    for (const key of ["a", "b", "c"]) once.first(key);
    assert.deepEqual([once.first("c"), once.first("a")], [false, true]);
  });

  it("remembers only the last key with a maximum of one", () => {
    const once = new Once(1);
    assert.deepEqual(
      ["a", "a", "b", "b", "a"].map((key) => once.first(key)),
      [true, false, true, false, true],
    );
  });
});
