/** What a field can hold, of whatever age the flow is. */
export type Field = string | number | boolean | null | undefined;
type Validator = (value: Field) => boolean;

/**
 * What may stand in a field of a dialog. A flow older than a setting has no value for it: the default then holds, and
 * the node must not turn red. (`/\d+/.test(undefined)` looks at the text "undefined".) Node-RED itself takes a whole
 * `${VARIABLE}` for valid; one inside a text is allowed here.
 */
export function matches(pattern: RegExp): Validator {
  return (value) => isAbsent(value) || hasVariable(value) || pattern.test(String(value));
}

/** A number of that range; blank only where the default may be had that way. */
export function isNumber({ min = -Infinity, max = Infinity, whole = false, blank = true } = {}): Validator {
  return (value) => {
    if (isAbsent(value) || hasVariable(value)) return true;
    if (String(value).trim() === "") return blank;
    const number = Number(value);
    return number >= min && number <= max && (!whole || Number.isInteger(number));
  };
}

/** An address with its scheme. */
export function isUrl(schemes: "https?" | "rtsps?"): Validator {
  return matches(new RegExp(`^\\s*${schemes}://[^\\s/]+`, "i"));
}

/** The value of another field: as it is typed while the dialog is open, else as it was saved. */
export function fieldOf(node: object, name: string): unknown {
  const editing = RED.editor as unknown as { getEditStack?: () => { id?: string }[] };
  const isOpen = editing.getEditStack?.().at(-1)?.id === (node as { id?: string }).id;
  const field = isOpen ? $(`#node-input-${name}`) : $();
  if (field.length === 0) return (node as Record<string, unknown>)[name];
  return field.is(":checkbox") ? field.is(":checked") : field.val();
}

/** Whether a config node is chosen that exists and is not to be made yet. */
export function isChosen(id: unknown): boolean {
  return typeof id === "string" && id !== "" && id !== "_ADD_" && Boolean(RED.nodes.node(id));
}

/** The runtime takes null for absent, too. */
export function isAbsent(value: Field): value is null | undefined {
  return value === undefined || value === null;
}

function hasVariable(value: unknown): boolean {
  return typeof value === "string" && /\$\{[^}]+\}/.test(value);
}
