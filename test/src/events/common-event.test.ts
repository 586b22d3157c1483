import assert from "node:assert/strict";
import { clampBox, isCommonEventType } from "../../../src/events";

describe("clampBox", () => {
  it("keeps a box inside the image unchanged", () => {
    assert.deepEqual(clampBox({ x: 0.25, y: 0.5, width: 0.25, height: 0.5 }), {
      x: 0.25,
      y: 0.5,
      width: 0.25,
      height: 0.5,
    });
  });

  it("cuts off the part outside of the image", () => {
    assert.deepEqual(clampBox({ x: -0.5, y: 0.75, width: 1, height: 1 }), {
      x: 0,
      y: 0.75,
      width: 0.5,
      height: 0.25,
    });
  });
});

describe("isCommonEventType", () => {
  it("accepts the types of the closed list and nothing else", () => {
    assert.ok(isCommonEventType("hardHat"));
    assert.ok(!isCommonEventType("VMD"));
  });
});
