import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { defaultsOf, type Options } from "../../nodes/kit/option-kinds";
import { readOptions } from "../../nodes/kit/read-options";
import { builtNodes, dialogSettings, newNode } from "../support/built-dialog";
import { nodeTypes } from "../support/dialogs";

const load = createRequire(__filename);

/** Settings that matter only with others: the dialogs have separate validators for them. */
const dependent = new Set(["port"]);

it("every built node type has options", () => {
  const html = readdirSync(builtNodes).filter((file) => file.endsWith(".html"));
  assert.deepEqual(nodeTypes.map((type) => `${type}.html`).sort(), html.sort());
});

for (const type of nodeTypes) {
  describe(`the settings of ${type}`, () => {
    const { options } = load(path.join(builtNodes, type, "options.js")) as { options: Options };
    const dialog = dialogSettings(type);

    it("have the same defaults in the dialog and in the runtime", () => {
      assert.deepEqual(newNode(type), defaultsOf(options));
    });

    it("refer to the same types of config nodes in the dialog and in the runtime", () => {
      for (const [name, option] of Object.entries(options)) {
        assert.equal(dialog[name]?.type, option.kind === "reference" ? option.type : undefined, name);
      }
    });

    it("have the same limits in the dialog and in the runtime", () => {
      for (const [name, option] of Object.entries(options)) {
        if (option.kind !== "number" || dependent.has(name)) continue;
        const { min = -1e9, max = 1e9 } = option;
        for (const value of [min - 0.5, min, min + 0.5, (min + max) / 2, max, max + 0.5, "word", "${ENV}"]) {
          const valid = dialog[name]?.validate?.call(defaultsOf(options), String(value)) ?? true;
          assert.equal(valid, value === "${ENV}" || accepts(options, name, value), `${name}: ${value}`);
        }
      }
    });
  });
}

function accepts(options: Options, name: string, value: unknown): boolean {
  try {
    const { option = name, values: [condition] = [value] } = options[name]?.when ?? {};
    readOptions(options, { [option]: condition, [name]: value });
    return true;
  } catch {
    return false;
  }
}
