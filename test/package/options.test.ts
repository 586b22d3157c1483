import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import vm from "node:vm";
import { defaultsOf, type Options } from "../../nodes/kit/option-kinds";
import { readOptions } from "../../nodes/kit/read-options";
import { nodeTypes } from "../support/dialogs";

const built = path.resolve(__dirname, "../../dist/nodes");
const load = createRequire(__filename);

interface Property {
  value: unknown;
  type?: string;
  validate?: (this: object, value: unknown) => boolean;
}

/** What a built dialog registers, as the editor would run it. */
function defaultsIn(type: string): Record<string, Property> {
  const html = readFileSync(path.join(built, `${type}.html`), "utf8");
  const script = /<script type="text\/javascript">([\s\S]*)<\/script>/.exec(html)?.[1] ?? "";
  let found: { defaults: Record<string, Property> } | undefined;
  const RED = {
    nodes: { registerType: (_type: string, definition: typeof found) => (found = definition) },
    editor: {},
    validators: { typedInput: () => () => true },
  };
  vm.runInNewContext(script, { RED, $: () => ({ length: 0 }) });
  assert.ok(found, `${type} registers nothing`);
  return found.defaults;
}

/** Settings that count only beside others: their validators are the dialogs' own. */
const dependent = new Set(["port"]);

it("every built node type has options", () => {
  const html = readdirSync(built).filter((file) => file.endsWith(".html"));
  assert.deepEqual(nodeTypes.map((type) => `${type}.html`).sort(), html.sort());
});

for (const type of nodeTypes) {
  describe(`the settings of ${type}`, () => {
    const { options } = load(path.join(built, type, "options.js")) as { options: Options };
    const dialog = defaultsIn(type);

    it("begin in the dialog with the defaults of the runtime", () => {
      const values = Object.entries(dialog)
        .filter(([name]) => name !== "name")
        .map(([name, { value }]) => [name, value]);
      // Through JSON: what another realm made is never deeply equal.
      assert.deepEqual(JSON.parse(JSON.stringify(Object.fromEntries(values))), defaultsOf(options));
    });

    it("name the config nodes' types in both", () => {
      for (const [name, option] of Object.entries(options)) {
        assert.equal(dialog[name]?.type, option.kind === "reference" ? option.type : undefined, name);
      }
    });

    it("have the same limits in the dialog as in the runtime", () => {
      for (const [name, option] of Object.entries(options)) {
        if (option.kind !== "number" || dependent.has(name)) continue;
        const { min = -1e9, max = 1e9 } = option;
        for (const value of [min - 0.5, min, min + 0.5, (min + max) / 2, max, max + 0.5, "word", "${ENV}"]) {
          const valid = dialog[name]?.validate?.call(defaultsOf(options), String(value)) ?? true;
          assert.equal(valid, value === "${ENV}" || takes(options, name, value), `${name}: ${value}`);
        }
      }
    });
  });
}

function takes(options: Options, name: string, value: unknown): boolean {
  try {
    readOptions(options, { [name]: value });
    return true;
  } catch {
    return false;
  }
}
