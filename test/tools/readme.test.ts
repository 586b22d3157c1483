import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { commonEventTypes } from "../../src/events";
import { nodeTypes } from "../support/dialogs";
import { nodeDefaults } from "../support/node-options";

const readme = readFileSync(path.resolve(__dirname, "../../README.md"), "utf8");

describe("the README", () => {
  it("lists every node", () => {
    assert.deepEqual(
      nodeTypes.filter((type) => !readme.includes(`| \`${type}\``)),
      [],
    );
  });

  it("lists every event type", () => {
    const [, table = ""] = /\nEvery `type`, ([\s\S]*?)\n## /.exec(readme) ?? [];
    assert.deepEqual(
      commonEventTypes.filter((type) => !table.includes(`\`${type}\``)),
      [],
    );
  });

  it("names only existing settings of its nodes", () => {
    const [, table = ""] = /\nSettings that matter ([\s\S]*?)\n\n(?!\|)/.exec(readme) ?? [];
    const rows = table.split("\n").filter((row) => row.startsWith("| `"));
    assert.ok(rows.length > 0);
    for (const row of rows) {
      const [settings = [], nodes = []] = row
        .split("|")
        .slice(1)
        .map((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name));
      for (const node of nodes)
        for (const setting of settings)
          assert.ok(setting in nodeDefaults(node), `${node} has no setting ${setting}`);
    }
  });
});
