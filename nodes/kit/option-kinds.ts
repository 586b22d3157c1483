/**
 * Descriptions of a node's settings: names, kinds, defaults and limits. A node's `options.ts` contains them once. The
 * runtime reads its config by them (read-options.ts), and the dialog derives defaults and validators
 * (editor/setting.ts). They are only data, because they also run in the browser.
 *
 * In each kind, `value` is the default as the editor saves it. It applies if a flow does not have the setting. `blank`
 * is the meaning of an empty field. A `required` field must not be empty in the dialog, but the runtime accepts it.
 */
interface AnyOption {
  readonly when?: Condition;
}

/** An option matters only while another one has one of some values. The runtime uses its default otherwise. */
export interface Condition {
  readonly option: string;
  readonly values: readonly unknown[];
}

export interface TextOption<Blank extends string | undefined = string | undefined> extends AnyOption {
  readonly kind: "text";
  readonly value: string;
  readonly blank: Blank;
  readonly required?: true;
  /** The texts that the dialog accepts. The runtime accepts any text, from messages and the environment. */
  readonly pattern?: RegExp;
}

export interface NumberOption<Blank extends number | undefined = number | undefined> extends AnyOption {
  readonly kind: "number";
  /** As text, as the editor saves numbers. */
  readonly value: string;
  readonly blank: Blank;
  readonly required?: true;
  readonly min?: number;
  readonly max?: number;
  readonly whole?: true;
}

export interface FlagOption extends AnyOption {
  readonly kind: "flag";
  readonly value: boolean;
}

export interface ChoiceOption<Choice extends string = string> extends AnyOption {
  readonly kind: "choice";
  readonly value: string;
  readonly blank: Choice;
  readonly choices: readonly Choice[];
}

/** Several texts: an array, or one text with commas. */
export interface ListOption extends AnyOption {
  readonly kind: "list";
  readonly value: string;
  readonly blank: string;
}

/** Whole numbers without duplicates: an array, or one text with commas. Blank means none. */
export interface CodesOption extends AnyOption {
  readonly kind: "codes";
  readonly value: readonly (number | string)[];
  readonly min: number;
  readonly max: number;
}

/** A number of bytes, or text with a unit such as 20 GB. Blank means undefined. */
export interface BytesOption extends AnyOption {
  readonly kind: "bytes";
  readonly value: string;
}

/** The id of a config node. Blank means undefined. */
export interface ReferenceOption extends AnyOption {
  readonly kind: "reference";
  readonly value: "";
  /** Type of the config node. */
  readonly type: string;
  readonly required: boolean;
}

/** A value that the node reads itself, such as zones. */
export interface CustomOption<Value = unknown> extends AnyOption {
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

/** The settings of a node type by name, except `name`, which every node has. */
export type Options = Readonly<Record<string, Option>>;

/** The value of an option in the runtime. */
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

/** The values that the editor saves for a node's options. */
export type SavedOptions<All extends Options> = { -readonly [Name in keyof All]: All[Name]["value"] };

/** The type of a blank value: an empty default means undefined. */
type BlankOf<Default, Empty, Value> = Default extends Empty ? undefined : Value;

/** Returns a text option. Surrounding blanks are removed. Blank means `blank`, else the default, else undefined. */
export function text<const Default extends string>(
  value: Default,
  { blank, ...rest }: Pick<TextOption, "required" | "pattern"> & { blank?: string } = {},
): TextOption<BlankOf<Default, "", string>> {
  const fallback = value === "" ? undefined : value;
  return { kind: "text", value, blank: (blank ?? fallback) as BlankOf<Default, "", string>, ...rest };
}

/** Returns a number option. Blank means `blank`, else the default, else undefined. */
export function number<const Default extends number | "">(
  value: Default,
  { blank, ...limits }: Pick<NumberOption, "required" | "min" | "max" | "whole"> & { blank?: number } = {},
): NumberOption<BlankOf<Default, "", number>> {
  const fallback = (value === "" ? undefined : value) as BlankOf<Default, "", number>;
  return {
    kind: "number",
    value: String(value),
    blank: (blank ?? fallback) as BlankOf<Default, "", number>,
    ...limits,
  };
}

/** Returns a boolean option. Blank means the default. */
export function flag(value: boolean): FlagOption {
  return { kind: "flag", value };
}

/** Returns an option with a closed list of choices. Blank means `blank`, else the default. */
export function choice<const Choice extends string>(
  value: NoInfer<Choice>,
  choices: readonly Choice[],
  { blank = value }: { blank?: NoInfer<Choice> } = {},
): ChoiceOption<Choice> {
  return { kind: "choice", value, blank, choices };
}

/** Returns a list option. Blank means `blank`, else an empty list. */
export function list(value = "", blank = ""): ListOption {
  return { kind: "list", value, blank };
}

export function codes(limits: Pick<CodesOption, "min" | "max">): CodesOption {
  return { kind: "codes", value: [], ...limits };
}

export function bytes(value = ""): BytesOption {
  return { kind: "bytes", value };
}

/** Returns an option for a config node. @param required whether the dialog requires one; default true */
export function reference(type: string, required = true): ReferenceOption {
  return { kind: "reference", value: "", type, required };
}

export function custom<Value>(value: Value): CustomOption<Value> {
  return { kind: "custom", value };
}

/** Returns the option as one that matters only while another option has one of the values. */
export function when<Of extends Option>(option: string, values: readonly unknown[], dependent: Of): Of {
  return { ...dependent, when: { option, values } };
}

/** Returns the defaults by name, as the editor saves them. */
export function defaultsOf<All extends Options>(options: All): SavedOptions<All> {
  return Object.fromEntries(
    Object.entries(options).map(([name, { value }]) => [name, value]),
  ) as SavedOptions<All>;
}
