import type { Parameter } from "../../../src/hcp/catalogue/types";
import { readField, writeField } from "./parameter-value";

type Fields = Record<string, unknown>;

export interface ParameterFormOptions {
  /** An empty element of the dialog. */
  container: JQuery;
  /** Looks up a key of the node's catalogue. */
  translate: (key: string) => string;
  /** Called with the whole body after each change by the user. */
  onChange: (body: Fields) => void;
  /** Returns a picker for a field, if there is a list of resources for the parameter. */
  addPicker: (parameter: Parameter, input: JQuery) => JQuery | undefined;
}

/** A form with one line per parameter of an operation: name, whether it is required, type, meaning, and a field. */
export class ParameterForm {
  readonly #options: ParameterFormOptions;
  #body: Fields = {};

  constructor(options: ParameterFormOptions) {
    this.#options = options;
  }

  /** @param example shown as placeholder in empty fields */
  show(parameters: readonly Parameter[], body: Fields, example: Fields): void {
    this.#body = structuredClone(body);
    this.#options.container.empty().append(this.#lines(parameters, [], example));
  }

  #lines(parameters: readonly Parameter[], path: readonly string[], example: Fields): JQuery[] {
    return parameters.flatMap((parameter) => {
      const at = [...path, this.#nameOf(parameter, path)];
      const { properties } = parameter;
      const shown = example[parameter.name];
      const head = this.#head(parameter, path.length);
      if (parameter.type === "object" && properties !== undefined) {
        return [head, ...this.#lines(properties, at, isFields(shown) ? shown : {})];
      }
      return [head.append(this.#field(parameter, at, shown))];
    });
  }

  /** Returns the spelling of the name that the body uses. */
  #nameOf({ name, alsoNamed = [] }: Parameter, path: readonly string[]): string {
    const siblings = valueAt(this.#body, path);
    return [name, ...alsoNamed].find((each) => isFields(siblings) && siblings[each] !== undefined) ?? name;
  }

  #head(parameter: Parameter, depth: number): JQuery {
    const { translate } = this.#options;
    const { name, summary, required, requiredWhen, requiredUnless } = parameter;
    const label = $('<label style="width: 40%; margin: 0; cursor: default">').css("padding-left", depth * 14);
    label.append($(`<code style="color: inherit">`).text(name));
    if (required || requiredWhen !== undefined || requiredUnless !== undefined) {
      const mark = required ? "*" : "(*)";
      const title = translate(required ? "form.required" : "form.sometimesRequired");
      label.append(
        $('<span style="color: var(--red-ui-text-color-error)">').text(` ${mark}`).attr({ title }),
      );
    }
    const type = $('<span style="color: var(--red-ui-secondary-text-color); font-size: 0.85em">');
    label.append(" ", type.text(typeText(parameter, translate)));
    label.attr("title", summary);
    return $('<div style="display: flex; align-items: center; gap: 6px; margin-bottom: 4px">').append(label);
  }

  #field(parameter: Parameter, at: readonly string[], example: unknown): JQuery[] {
    const { translate, addPicker, onChange } = this.#options;
    const input =
      parameter.values !== undefined && parameter.separator === undefined
        ? choices(parameter, translate)
        : parameter.type === "boolean"
          ? select([
              ["", ""],
              ["true", "true"],
              ["false", "false"],
            ])
          : $('<input type="text">').attr("placeholder", placeholder(parameter, example));
    input
      .css({ flex: 1, width: "auto", minWidth: 0 })
      .attr({ title: parameter.summary, "data-parameter": at.join(".") });
    const text = writeField(valueAt(this.#body, at));
    // A value that the guide does not list is kept.
    if (
      input.is("select") &&
      !input
        .find("option")
        .toArray()
        .some((each) => $(each).val() === text)
    ) {
      input.append($("<option>").val(text).text(text));
    }
    input.val(text);
    const read = (): void => {
      const value = readField(parameter, String(input.val()), example);
      input.toggleClass("input-error", value instanceof Error);
      if (value instanceof Error) return;
      setAt(this.#body, at, value);
      onChange(this.#body);
    };
    input.on("input change", read);
    const picker = addPicker(parameter, input);
    return picker === undefined ? [input] : [input, picker];
  }
}

function choices({ values = [] }: Parameter, translate: (key: string) => string): JQuery {
  return select([
    ["", translate("form.none")],
    ...values.map(({ value, meaning }): [string, string] => [String(value), `${value} \u2013 ${meaning}`]),
  ]);
}

function select(options: readonly (readonly [value: string, text: string])[]): JQuery {
  return $("<select>").append(options.map(([value, text]) => $("<option>").val(value).text(text)));
}

/** Returns the type as text: `number 1–500`, `time`, `list`. */
function typeText(parameter: Parameter, translate: (key: string) => string): string {
  const { type, format, min, max, separator } = parameter;
  const name = translate(`type.${separator !== undefined ? "list" : (format ?? type)}`);
  const range = max !== undefined && max < 2 ** 31 - 1 ? ` ${min ?? ""}\u2013${max}` : "";
  return name + range;
}

function placeholder({ default: preset }: Parameter, example: unknown): string {
  return writeField(preset ?? example);
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function valueAt(fields: Fields, path: readonly string[]): unknown {
  let found: unknown = fields;
  for (const name of path) found = isFields(found) ? found[name] : undefined;
  return found;
}

/** Sets a field, or removes it together with the objects that are empty without it. */
function setAt(fields: Fields, [name = "", ...rest]: readonly string[], value: unknown): void {
  const inner = rest.length === 0 ? value : isFields(fields[name]) ? fields[name] : {};
  if (rest.length > 0) setAt(inner as Fields, rest, value);
  const isEmpty = inner === undefined || (rest.length > 0 && Object.keys(inner as Fields).length === 0);
  // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- a JSON object
  if (isEmpty) delete fields[name];
  else fields[name] = inner;
}
