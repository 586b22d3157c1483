import { SurveillanceError } from "../../src/errors";
import {
  findOperation,
  switchStates,
  type Operation,
  type OperationParameters,
  type SwitchState,
} from "../../src/isapi/operations/catalogue";
import { booleanOption, choiceOption, textOption } from "./options";

/** What configuration and message say of an operation; both may leave any of it out. */
export interface OperationFields {
  operation?: unknown;
  channel?: unknown;
  port?: unknown;
  event?: unknown;
  metadataType?: unknown;
  /** `read`, `on`, `off`; in the configuration also `payload`: by the message's payload. */
  state?: unknown;
  /** Of a message: what the clock is set to. */
  time?: unknown;
  payload?: unknown;
}

export interface ChosenOperation {
  operation: Operation;
  parameters: OperationParameters;
  /** Milliseconds since 1970 */
  time: number;
}

/** A restart is never had by chance: somebody chose it in the dialog. */
const ONLY_CONFIGURED = new Set(["reboot"]);

/**
 * The operation that a message is to carry out; undefined for a request of one's own. What the message says goes before
 * what the node says. Without an operation in the dialog, messages that bring another node's `operation` mean nothing.
 *
 * @throws {SurveillanceError} CONFIG_INVALID
 */
export function chosenOperation(config: OperationFields, msg: OperationFields): ChosenOperation | undefined {
  const configured = textOption(config.operation);
  const asked = textOption(msg.operation);
  const id = asked ?? configured;
  if (id === undefined) return undefined;
  const operation = findOperation(id);
  if (operation === undefined) {
    if (configured === undefined) return undefined;
    throw new SurveillanceError("CONFIG_INVALID", `There is no operation "${id}".`);
  }
  if (ONLY_CONFIGURED.has(id) && id !== configured) {
    throw new SurveillanceError("CONFIG_INVALID", `"${id}" is not taken from a message.`, {
      advice: "Choose it in the node's dialog.",
    });
  }
  const time = operation.kind === "clock" ? readTime(msg.time) : Date.now();
  return { operation, parameters: parametersOf(operation, config, msg), time };
}

function parametersOf(
  { parameters }: Operation,
  config: OperationFields,
  msg: OperationFields,
): OperationParameters {
  const text = (
    name: "channel" | "port" | "event" | "metadataType",
    preset: string,
    form: RegExp,
  ): string => {
    if (!parameters.includes(name)) return preset;
    const value = textOption(msg[name]) ?? textOption(config[name]) ?? preset;
    if (form.test(value)) return value;
    throw new SurveillanceError("CONFIG_INVALID", `"${value}" is no ${name}.`);
  };
  return {
    channel: text("channel", "1", /^[1-9]\d{0,4}$/),
    port: text("port", "1", /^[1-9]\d{0,4}$/),
    event: text("event", "VMD", /^[A-Za-z][\w-]{0,63}$/),
    metadataType: text("metadataType", "", /^\w{0,64}$/),
    state: parameters.includes("state") ? readState(config.state, msg) : "read",
  };
}

function readState(preset: unknown, msg: OperationFields): SwitchState {
  const byPayload = textOption(preset) === "payload";
  const state = msg.state ?? (byPayload ? msg.payload : preset);
  const known = switchStates.find((each) => each === state);
  if (known !== undefined) return known;
  if (state === undefined || state === null || state === "") {
    if (!byPayload) return "read";
    throw new SurveillanceError("CONFIG_INVALID", "msg.payload has to say true or false.");
  }
  if (typeof state === "object") return choiceOption("state", state, switchStates, "read");
  return booleanOption("state", state, false) ? "on" : "off";
}

/** A Date, milliseconds since 1970 or ISO 8601 with offset; nothing is now. */
function readTime(time: unknown): number {
  if (time === undefined || time === null || time === "") return Date.now();
  const value = time instanceof Date ? time.getTime() : typeof time === "string" ? Date.parse(time) : time;
  // Before 2000, it is something else; so long a year no device knows.
  if (typeof value === "number" && value >= 946_684_800_000 && value < 4_102_444_800_000) return value;
  throw new SurveillanceError("CONFIG_INVALID", `time is no time: ${JSON.stringify(time)}.`, {
    advice: "Give milliseconds since 1970, or 2026-03-02T08:00:00+01:00.",
  });
}
