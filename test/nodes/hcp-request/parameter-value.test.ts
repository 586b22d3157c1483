import assert from "node:assert/strict";
import { readField, writeField } from "../../../nodes/hcp-request/editor/parameter-value";
import type { Parameter } from "../../../src/hcp/catalogue";

const parameter = (shape: Partial<Parameter>): Parameter => ({
  ...{ name: "p", in: "body", required: false, summary: "", type: "string" },
  ...shape,
});

describe("a field of the request form", () => {
  it("is read as the type of its parameter", () => {
    assert.equal(readField(parameter({ type: "number" }), " 40 "), 40);
    assert.equal(readField(parameter({ type: "boolean" }), "false"), false);
    assert.equal(readField(parameter({ type: "string" }), "40"), "40");
    assert.deepEqual(readField(parameter({ type: "array", items: { type: "string" } }), "1, 2,"), ["1", "2"]);
    assert.deepEqual(readField(parameter({ type: "array", items: { type: "number" } }), "1,2"), [1, 2]);
    assert.deepEqual(readField(parameter({ type: "array", items: { type: "object" } }), '[{"a":1}]'), [
      { a: 1 },
    ]);
  });

  it("is omitted when it is empty", () => {
    for (const type of ["string", "number", "boolean", "array", "object"] as const) {
      assert.equal(readField(parameter({ type }), "  "), undefined);
    }
  });

  it("is an empty text if the guide's example has one", () => {
    assert.equal(readField(parameter({}), "", ""), "");
    assert.equal(readField(parameter({}), "", "Gate"), undefined);
  });

  it("keeps a text that is not a number, and reports text that is not JSON", () => {
    assert.equal(readField(parameter({ type: "number" }), "${SPEED}"), "${SPEED}");
    assert.ok(readField(parameter({ type: "object" }), "{") instanceof Error);
  });

  it("writes a value so that reading it returns the same value", () => {
    for (const [shape, value] of [
      [{ type: "array", items: { type: "string" } }, ["12", "13"]],
      [{ type: "array", items: { type: "number" } }, [1, 2]],
      [{ type: "array", items: { type: "object" } }, [{ presetIndex: 1 }]],
      [{ type: "number" }, 0],
      [{ type: "boolean" }, false],
      [{ type: "string" }, "Gate"],
    ] as [Partial<Parameter>, unknown][]) {
      assert.deepEqual(readField(parameter(shape), writeField(value)), value);
    }
    assert.equal(writeField(undefined), "");
  });
});
