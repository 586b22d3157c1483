import type { Option, Options, OptionValues } from "./option-kinds";
import { booleanOption, bytesOption, choiceOption, listOption, numberOption, textOption } from "./options";

/**
 * Reads the settings of a node. A value of any kind may be text: typed in, or from an `${ENV}`. A flow that is older
 * than a setting, or written by hand, may not have it. Its default then applies.
 *
 * @param saved the node's config
 * @param overrides values of a message by option name; absent and null mean the value of the config
 * @throws {SurveillanceError} CONFIG_INVALID, naming the setting
 */
export function readOptions<All extends Options>(
  options: All,
  saved: object,
  overrides: Partial<Record<keyof All, unknown>> = {},
): OptionValues<All> {
  const config = saved as Partial<Record<string, unknown>>;
  const replacements = overrides as Partial<Record<string, unknown>>;
  const read = (name: string, option: Option): unknown =>
    readOption(name, option, replacements[name] ?? config[name] ?? option.value);
  const matters = ({ when }: Option): boolean => {
    const other = when && options[when.option];
    return other === undefined || when?.values.includes(read(when.option, other)) === true;
  };
  return Object.fromEntries(
    Object.entries(options).map(([name, option]) => [
      name,
      matters(option) ? read(name, option) : readOption(name, option, option.value),
    ]),
  ) as OptionValues<All>;
}

function readOption(name: string, option: Option, value: unknown): unknown {
  switch (option.kind) {
    case "text":
      return textOption(value) ?? option.blank;
    case "number":
      return numberOption(name, value, rangeOf(option)) ?? option.blank;
    case "flag":
      return booleanOption(name, value, option.value);
    case "choice":
      return choiceOption(name, textOption(value), option.choices, option.blank);
    case "list":
      return listOption(Array.isArray(value) ? value : (textOption(value) ?? option.blank));
    case "codes":
      return [
        ...new Set(listOption(value).map((code) => numberOption(name, code, { ...option, integer: true }))),
      ];
    case "bytes":
      return bytesOption(name, value);
    case "reference":
      return textOption(value);
    case "custom":
      return value;
  }
}

function rangeOf({ min, max, whole }: Extract<Option, { kind: "number" }>) {
  return {
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
    ...(whole === true && { integer: true }),
  };
}
