import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

const root = path.resolve(__dirname, "../..");
const page = readFileSync(path.join(root, "docs/security.md"), "utf8");
const [, threats = ""] = /## Threats and answers([\s\S]*?)\n## /.exec(page) ?? [];
const rows = threats
  .split("\n")
  .filter((line) => line.startsWith("|"))
  .map((line) => line.split("|").slice(1, -1))
  .filter(([first = "", , test = ""]) => !/^[\s-]*$/.test(first) && test.trim() !== "Test");

describe("docs/security.md", () => {
  it("has threats of everybody who can attack", () => {
    assert.ok(rows.length >= 30, String(rows.length));
  });

  for (const [threat = "", answer = "", test = ""] of rows) {
    it(`names an answer and an existing test for: ${threat.trim()}`, () => {
      assert.notEqual(answer.trim(), "");
      const file = /^ *`(test\/[^`]+\.test\.ts)` *$/.exec(test)?.[1];
      assert.ok(file !== undefined && existsSync(path.join(root, file)), test.trim());
    });
  }
});
