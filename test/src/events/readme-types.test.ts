import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { commonEventTypes } from "../../../src/events/event-types";

describe("the README's table of event types", () => {
  it("names every common type but unknown, each once", () => {
    const readme = readFileSync(path.resolve(__dirname, "../../../README.md"), "utf8");
    const table = /\n\| of .*\n((?:\|.*\n)+)/.exec(readme)?.[1] ?? "";
    const named = [...table.matchAll(/`(\w+)`/g)].map(([, type]) => type);
    assert.deepEqual(named.sort(), commonEventTypes.filter((type) => type !== "unknown").sort());
  });
});
