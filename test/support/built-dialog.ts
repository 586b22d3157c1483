import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import vm from "node:vm";

/** The nodes in `dist/`, where `npm run build` writes them. */
export const builtNodes = path.resolve(__dirname, "../../dist/nodes");

/** A setting as a dialog registers it in the editor. */
export interface DialogSetting {
  value: unknown;
  /** The type of the config node that the setting refers to. */
  type?: string;
  validate?: (this: object, value: unknown) => boolean;
}

interface Definition {
  defaults: Record<string, DialogSetting>;
  credentials?: Record<string, { type: "text" | "password" }>;
}

/** Returns the settings that a built dialog registers, by name. */
export function dialogSettings(type: string): Record<string, DialogSetting> {
  return definitionOf(type).defaults;
}

/** Returns the names of the secrets among the credentials of a node type. */
export function secretsOf(type: string): string[] {
  const credentials = Object.entries(definitionOf(type).credentials ?? {});
  return credentials.filter(([, credential]) => credential.type === "password").map(([name]) => name);
}

/** Runs the script of a built dialog. @returns what it registers */
function definitionOf(type: string): Definition {
  const html = readFileSync(path.join(builtNodes, `${type}.html`), "utf8");
  const script = /<script type="text\/javascript">([\s\S]*)<\/script>/.exec(html)?.[1] ?? "";
  let registered: Definition | undefined;
  const valid = (): (() => boolean) => () => true;
  const RED = {
    nodes: { registerType: (_type: string, definition: typeof registered) => (registered = definition) },
    validators: { number: valid, regex: valid, typedInput: valid },
    editor: {},
  };
  vm.runInNewContext(script, { RED, $: () => ({ length: 0 }) });
  assert.ok(registered, `the dialog of ${type} does not register a node type`);
  return registered;
}

/** Returns the values of a new node of a type, without its name. */
export function newNode(type: string): object {
  const values = Object.entries(dialogSettings(type))
    .filter(([name]) => name !== "name")
    .map(([name, { value }]) => [name, value]);
  // Objects of another realm are not deeply equal to those of this one.
  return JSON.parse(JSON.stringify(Object.fromEntries(values))) as object;
}
