import { createRequire } from "node:module";
import { defaultsOf, type Options } from "../../nodes/kit/option-kinds";

const load = createRequire(__filename);

/** The defaults of a node type's settings, as the editor saves them, by name. */
export function nodeDefaults(type: string): Record<string, unknown> {
  const { options } = load(`../../nodes/${type}/options`) as { options: Options };
  return defaultsOf(options);
}
