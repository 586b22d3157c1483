import type { NodeProperties } from "@node-red/editor-client";
import type { Option, Options, SavedOptions } from "../option-kinds";
import { isNumber, matches, type Field } from "./validators";

/** The properties of a node with these options in the editor. Any value may also be an `${ENV}` text. */
export type PropertiesOf<All extends Options> = NodeProperties & { name: string } & SavedOptions<All>;

/** One entry of `defaults:` in registerType. */
export interface Setting<Value, Validate> {
  value: Value;
  type?: string;
  required?: boolean;
  validate?: Validate;
}

/**
 * Returns the entry of an option in a dialog's `defaults:`. The dialog lists the names literally, because the Flow
 * Library reads them without running the code. The compiler and a test compare them with the options.
 *
 * @param validate replaces the validator from the option's limits, for a setting that depends on others
 */
export function setting<Of extends Option, Validate = (value: Field) => boolean>(
  option: Of,
  validate?: Validate,
): Setting<Of["value"], Validate> {
  const check = (validate ?? validatorOf(option)) as Validate | undefined;
  const isConditional = option.when !== undefined && validate !== undefined;
  return {
    value: option.value,
    ...(option.kind === "reference" && { type: option.type }),
    // With `required: false`, the editor takes an empty field without asking the validator.
    ...(option.kind === "reference" && check === undefined && { required: option.required }),
    // The validator of a setting that matters only sometimes knows when it is required.
    ...(option.kind === "text" && option.required && !isConditional && { required: true }),
    ...(check !== undefined && { validate: check }),
  };
}

function validatorOf(option: Option): ((value: Field) => boolean) | undefined {
  if (option.kind === "number") return isNumber({ ...option, blank: option.required !== true });
  if (option.kind === "text" && option.pattern !== undefined) return matches(option.pattern);
  return option.kind === "bytes" ? matches(/^$|^\s*\d+(\.\d+)?\s*[kmgt]?b?\s*$/i) : undefined;
}
