import { SurveillanceError } from "../../src/core/errors";
import {
  findOperation,
  switchStates,
  defaultParameters,
  type Operation,
  type OperationParameters,
  type ParameterName,
  type SwitchState,
} from "../../src/isapi/operations/catalogue";
import type { OptionValues } from "../kit/option-kinds";
import { booleanOption, choiceOption, textOption } from "../kit/options";
import type { options } from "./options";

/** The settings of an operation. */
export type OperationSettings = Pick<
  OptionValues<typeof options>,
  "operation" | "channel" | "port" | "event" | "metadataType" | "state"
>;

/** The overrides of a message. The names are not used by core nodes for other things. */
export interface OperationMessage {
  operation?: unknown;
  channel?: unknown;
  output?: unknown;
  trigger?: unknown;
  metadataType?: unknown;
  state?: unknown;
  /** The time to set the clock to. */
  time?: unknown;
  payload?: unknown;
}

export interface ChosenOperation {
  operation: Operation;
  parameters: OperationParameters;
  /** Milliseconds since 1970; undefined: now. */
  time: number | undefined;
}

const BY_MESSAGE = "msg";
/** Operations that a message cannot choose, so that nothing restarts by accident. */
const ONLY_CONFIGURED = new Set(["reboot"]);

/**
 * Checks the settings of an operation. Ignores settings that a message provides.
 *
 * @throws {SurveillanceError} CONFIG_INVALID
 */
export function checkOperation(settings: OperationSettings): void {
  if (settings.operation === BY_MESSAGE) return;
  chosenOperation({ ...settings, ...(settings.state === "payload" && { state: "read" }) }, {});
}

/**
 * Returns the operation for a message; undefined for a free request.
 *
 * @throws {SurveillanceError} CONFIG_INVALID
 */
export function chosenOperation(
  settings: OperationSettings,
  msg: OperationMessage,
): ChosenOperation | undefined {
  const configured = settings.operation;
  if (configured === undefined) return undefined;
  const id = configured === BY_MESSAGE ? (textOption(msg.operation) ?? "") : configured;
  const operation = findOperation(id);
  if (operation === undefined) {
    throw new SurveillanceError("CONFIG_INVALID", `Unknown operation "${id}".`);
  }
  if (ONLY_CONFIGURED.has(id) && id !== configured) {
    throw new SurveillanceError("CONFIG_INVALID", `The operation "${id}" cannot be chosen by a message.`, {
      advice: "Choose it in the node.",
    });
  }
  const time = operation.kind === "clock" ? readTime(msg.time) : undefined;
  return { operation, parameters: parametersOf(operation, settings, msg), time };
}

function parametersOf(
  { parameters }: Operation,
  settings: OperationSettings,
  msg: OperationMessage,
): OperationParameters {
  const text = (name: Exclude<ParameterName, "state">, override: unknown, form: RegExp): string => {
    if (!parameters.includes(name)) return defaultParameters[name];
    const value = textOption(override) ?? settings[name] ?? defaultParameters[name];
    if (form.test(value)) return value;
    throw new SurveillanceError("CONFIG_INVALID", `Invalid ${name}: "${value}".`);
  };
  return {
    channel: text("channel", msg.channel, /^[1-9]\d{0,4}$/),
    port: text("port", msg.output, /^[1-9]\d{0,4}$/),
    event: text("event", msg.trigger, /^[A-Za-z][\w-]{0,63}$/),
    metadataType: text("metadataType", msg.metadataType, /^[\w, ]{0,200}$/),
    state: parameters.includes("state") ? readState(settings.state, msg) : "read",
  };
}

function readState(preset: string, msg: OperationMessage): SwitchState {
  const byPayload = preset === "payload";
  const state = msg.state ?? (byPayload ? msg.payload : preset);
  const known = switchStates.find((each) => each === state);
  if (known !== undefined) return known;
  if (state === undefined || state === null || state === "") {
    if (!byPayload) return "read";
    throw new SurveillanceError("CONFIG_INVALID", "msg.payload must be true or false.");
  }
  if (typeof state === "object") return choiceOption("state", state, switchStates, "read");
  return booleanOption("state", state, false) ? "on" : "off";
}

/** Parses a Date, milliseconds since 1970, or ISO 8601 with offset. Returns undefined if there is no time. */
function readTime(time: unknown): number | undefined {
  if (time === undefined || time === null || time === "") return undefined;
  const value = time instanceof Date ? time.getTime() : typeof time === "string" ? Date.parse(time) : time;
  // A time before 2000 is a mistake, and no device supports one after 2099.
  if (typeof value === "number" && value >= 946_684_800_000 && value < 4_102_444_800_000) return value;
  throw new SurveillanceError("CONFIG_INVALID", `Invalid time: ${JSON.stringify(time)}.`, {
    advice: "Use milliseconds since 1970, or ISO 8601, for example 2026-03-02T08:00:00+01:00.",
  });
}
