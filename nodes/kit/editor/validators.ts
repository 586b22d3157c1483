/** The possible values of a field, including those of older flows. */
export type Field = string | number | boolean | null | undefined;
type Validator = (value: Field) => boolean;

/**
 * Returns a validator for a pattern. A flow that is older than a setting has no value for it. The default then applies,
 * and the node must not turn red (`/\d+/.test(undefined)` tests the text "undefined"). Node-RED itself accepts a field
 * that is a `${VARIABLE}`; this validator also accepts one inside a text.
 */
export function matches(pattern: RegExp): Validator {
  return (value) => isAbsent(value) || hasVariable(value) || pattern.test(String(value));
}

/** Returns a validator for a number in a range. With `blank`, an empty field is valid and means the default. */
export function isNumber({ min = -Infinity, max = Infinity, whole = false, blank = true } = {}): Validator {
  return (value) => {
    if (isAbsent(value) || hasVariable(value)) return true;
    if (String(value).trim() === "") return blank;
    const number = Number(value);
    return number >= min && number <= max && (!whole || Number.isInteger(number));
  };
}

/** Returns a validator for an address with its scheme. */
export function isUrl(schemes: "https?" | "rtsps?"): Validator {
  return matches(new RegExp(`^\\s*${schemes}://[^\\s/]+`, "i"));
}

/** Returns the value of another field: the current input while the dialog is open, else the saved value. */
export function fieldOf(node: object, name: string): unknown {
  const editing = RED.editor as unknown as { getEditStack?: () => { id?: string }[] };
  const isOpen = editing.getEditStack?.().at(-1)?.id === (node as { id?: string }).id;
  const field = isOpen ? $(`#node-input-${name}`) : $();
  if (field.length === 0) return (node as Record<string, unknown>)[name];
  return field.is(":checkbox") ? field.is(":checked") : field.val();
}

/** Tells whether an existing config node is chosen. */
export function isChosen(id: unknown): boolean {
  return typeof id === "string" && id !== "" && id !== "_ADD_" && Boolean(RED.nodes.node(id));
}

/** Tells whether a value is absent. The runtime treats null the same. */
export function isAbsent(value: Field): value is null | undefined {
  return value === undefined || value === null;
}

function hasVariable(value: unknown): boolean {
  return typeof value === "string" && /\$\{[^}]+\}/.test(value);
}
