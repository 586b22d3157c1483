import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { nodeDefaults } from "../../nodes/kit/defaults";
import { builtNodes, newNode } from "../support/built-dialog";

describe("the defaults", () => {
  const types = readdirSync(builtNodes)
    .filter((file) => file.endsWith(".html"))
    .map((file) => file.replace(".html", ""));

  // options.test.ts compares the types with an options.ts.
  const withOptions = types.filter((type) => existsSync(path.join(builtNodes, type, "options.js")));

  it("cover every node type", () => {
    assert.deepEqual([...new Set([...Object.keys(nodeDefaults), ...withOptions])].sort(), types.sort());
  });

  for (const type of Object.keys(nodeDefaults)) {
    it(`of ${type} are the same in the dialog and in the runtime`, () => {
      assert.deepEqual(newNode(type), nodeDefaults[type]);
    });
  }
});
