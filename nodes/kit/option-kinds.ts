/**
 * What a node's settings are: their names, kinds, defaults and limits. A node's `options.ts` says it once; the runtime
 * reads its config by it (read-options.ts), the dialog takes its defaults and validators from it (editor/setting.ts).
 * Only data: it runs in the browser, too.
 *
 * In each kind, `value` is the default as the editor saves it, and holds where a flow does not have the setting.
 * `blank` is what an empty field means. `required` fields must not be empty in the dialog; the runtime takes them so.
 */
export interface TextOption<Blank extends string | undefined = string | undefined> {
  readonly kind: "text";
  readonly value: string;
  readonly blank: Blank;
  readonly required?: true;
  /** What the dialog lets stand. The runtime takes any text, as messages and the environment bring it. */
  readonly pattern?: RegExp;
}

export interface NumberOption<Blank extends number | undefined = number | undefined> {
  readonly kind: "number";
  /** As text, as the editor saves numbers. */
  readonly value: string;
  readonly blank: Blank;
  readonly required?: true;
  readonly min?: number;
  readonly max?: number;
  readonly whole?: true;
}

export interface FlagOption {
  readonly kind: "flag";
  readonly value: boolean;
}

export interface ChoiceOption<Choice extends string = string> {
  readonly kind: "choice";
  readonly value: string;
  readonly blank: Choice;
  readonly choices: readonly Choice[];
}

/** Texts: an array, or one text with commas. */
export interface ListOption {
  readonly kind: "list";
  readonly value: string;
  readonly blank: string;
}

/** Whole numbers, each once: an array, or one text with commas. Blank is none. */
export interface CodesOption {
  readonly kind: "codes";
  readonly value: readonly (number | string)[];
  readonly min: number;
  readonly max: number;
}

/** A number of bytes, or text with a unit such as 20 GB. Blank is undefined. */
export interface BytesOption {
  readonly kind: "bytes";
  readonly value: string;
}

/** The id of a config node. Blank is undefined. */
export interface ReferenceOption {
  readonly kind: "reference";
  readonly value: "";
  /** Of the config node. */
  readonly type: string;
  readonly required: boolean;
}

/** A value that the node reads itself, such as zones. */
export interface CustomOption<Value = unknown> {
  readonly kind: "custom";
  readonly value: Value;
}

export type Option =
  | TextOption
  | NumberOption
  | FlagOption
  | ChoiceOption
  | ListOption
  | CodesOption
  | BytesOption
  | ReferenceOption
  | CustomOption;

/** The settings of a node type by name, without `name`, which every node has. */
export type Options = Readonly<Record<string, Option>>;

/** What the runtime gets for an option. */
export type OptionValue<Of extends Option> =
  Of extends TextOption<infer Blank>
    ? string | Blank
    : Of extends NumberOption<infer Blank>
      ? number | Blank
      : Of extends FlagOption
        ? boolean
        : Of extends ChoiceOption<infer Choice>
          ? Choice
          : Of extends ListOption
            ? string[]
            : Of extends CodesOption
              ? number[]
              : Of extends BytesOption
                ? number | undefined
                : Of extends ReferenceOption
                  ? string | undefined
                  : unknown;

export type OptionValues<All extends Options> = { [Name in keyof All]: OptionValue<All[Name]> };

/** What the editor saves for each option of a node. */
export type SavedOptions<All extends Options> = { -readonly [Name in keyof All]: All[Name]["value"] };

/** A default that is empty means that there is none. */
type BlankOf<Default, Empty, Value> = Default extends Empty ? undefined : Value;

/** Text without surrounding blanks. Blank means the default unless `blank` says otherwise; undefined where it is empty. */
export function text<const Default extends string>(
  value: Default,
  { blank, ...rest }: Pick<TextOption, "required" | "pattern"> & { blank?: string } = {},
): TextOption<BlankOf<Default, "", string>> {
  const usual = value === "" ? undefined : value;
  return { kind: "text", value, blank: (blank ?? usual) as BlankOf<Default, "", string>, ...rest };
}

/** A number. Blank means the default unless `blank` says otherwise; undefined where the default is empty. */
export function number<const Default extends number | "">(
  value: Default,
  { blank, ...limits }: Pick<NumberOption, "required" | "min" | "max" | "whole"> & { blank?: number } = {},
): NumberOption<BlankOf<Default, "", number>> {
  const usual = (value === "" ? undefined : value) as BlankOf<Default, "", number>;
  return {
    kind: "number",
    value: String(value),
    blank: (blank ?? usual) as BlankOf<Default, "", number>,
    ...limits,
  };
}

/** Yes or no. Blank means the default. */
export function flag(value: boolean): FlagOption {
  return { kind: "flag", value };
}

/** One of a closed list. Blank means the default. */
export function choice<const Choice extends string>(
  value: NoInfer<Choice>,
  choices: readonly Choice[],
): ChoiceOption<Choice> {
  return { kind: "choice", value, blank: value, choices };
}

/** Texts. Blank means none unless `blank` says otherwise. */
export function list(value = "", blank = ""): ListOption {
  return { kind: "list", value, blank };
}

export function codes(limits: Pick<CodesOption, "min" | "max">): CodesOption {
  return { kind: "codes", value: [], ...limits };
}

export function bytes(value = ""): BytesOption {
  return { kind: "bytes", value };
}

/** @param required whether the dialog insists on one; default true */
export function reference(type: string, required = true): ReferenceOption {
  return { kind: "reference", value: "", type, required };
}

export function custom<Value>(value: Value): CustomOption<Value> {
  return { kind: "custom", value };
}

/** The defaults by name, as the editor saves them. */
export function defaultsOf<All extends Options>(options: All): SavedOptions<All> {
  return Object.fromEntries(
    Object.entries(options).map(([name, { value }]) => [name, value]),
  ) as SavedOptions<All>;
}
