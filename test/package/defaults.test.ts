import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import vm from "node:vm";
import { nodeDefaults } from "../../nodes/kit/defaults";

const built = path.resolve(__dirname, "../../dist/nodes");

interface Definition {
  defaults: Record<string, { value: unknown }>;
}

/** What a built dialog registers, as the editor would run it. */
function definitionOf(type: string): Definition {
  const html = readFileSync(path.join(built, `${type}.html`), "utf8");
  const script = /<script type="text\/javascript">([\s\S]*)<\/script>/.exec(html)?.[1] ?? "";
  let found: Definition | undefined;
  const anything = (): (() => boolean) => () => true;
  const RED = {
    nodes: { registerType: (_type: string, definition: Definition) => (found = definition) },
    validators: { number: anything, regex: anything, typedInput: anything },
  };
  vm.runInNewContext(script, { RED, $: () => ({}) });
  assert.ok(found, `${type} registers nothing`);
  return found;
}

describe("the settings of a node that was just added", () => {
  const types = readdirSync(built)
    .filter((file) => file.endsWith(".html"))
    .map((file) => file.replace(".html", ""));

  /** Those that have an options.ts are compared by options.test.ts. */
  const withOptions = types.filter((type) => existsSync(path.join(built, type, "options.js")));

  it("are known for every node type", () => {
    assert.deepEqual([...new Set([...Object.keys(nodeDefaults), ...withOptions])].sort(), types.sort());
  });

  for (const type of Object.keys(nodeDefaults)) {
    it(`are for ${type} what the runtime takes for absent ones`, () => {
      const { defaults } = definitionOf(type);
      const values = Object.entries(defaults)
        .filter(([name]) => name !== "name")
        .map(([name, { value }]) => [name, value]);
      // Through JSON: what another realm made is never deeply equal.
      assert.deepEqual(JSON.parse(JSON.stringify(Object.fromEntries(values))), nodeDefaults[type]);
    });
  }
});
