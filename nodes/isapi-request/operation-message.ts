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
import { booleanOption, choiceOption, textOption } from "../kit/options";

/** What the configuration says of an operation. */
export interface OperationConfig {
  /** Empty: a request of one's own; `msg`: the message says it. */
  operation?: unknown;
  channel?: unknown;
  /** Of an alarm output. */
  port?: unknown;
  event?: unknown;
  metadataType?: unknown;
  /** `read`, `on`, `off`, or `payload`: by the message's payload. */
  state?: unknown;
}

/** What a message says of it, in place of the configuration; by names that core nodes have no other use for. */
export interface OperationMessage {
  operation?: unknown;
  channel?: unknown;
  output?: unknown;
  trigger?: unknown;
  metadataType?: unknown;
  state?: unknown;
  /** What the clock is set to. */
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
/** A restart is never had by chance: somebody chose it in the dialog. */
const ONLY_CONFIGURED = new Set(["reboot"]);

/**
 * Makes sure that an operation can be carried out as it is configured, as far as no message has a say in it.
 *
 * @throws {SurveillanceError} CONFIG_INVALID
 */
export function checkOperation(config: OperationConfig): void {
  if (textOption(config.operation) === BY_MESSAGE) return;
  chosenOperation({ ...config, ...(config.state === "payload" && { state: "read" }) }, {});
}

/**
 * The operation that a message is to carry out; undefined for a request of one's own.
 *
 * @throws {SurveillanceError} CONFIG_INVALID
 */
export function chosenOperation(config: OperationConfig, msg: OperationMessage): ChosenOperation | undefined {
  const configured = textOption(config.operation);
  if (configured === undefined) return undefined;
  const id = configured === BY_MESSAGE ? (textOption(msg.operation) ?? "") : configured;
  const operation = findOperation(id);
  if (operation === undefined) {
    throw new SurveillanceError("CONFIG_INVALID", `There is no operation "${id}".`);
  }
  if (ONLY_CONFIGURED.has(id) && id !== configured) {
    throw new SurveillanceError("CONFIG_INVALID", `"${id}" is not taken from a message.`, {
      advice: "Choose it in the node's dialog.",
    });
  }
  const time = operation.kind === "clock" ? readTime(msg.time) : undefined;
  return { operation, parameters: parametersOf(operation, config, msg), time };
}

function parametersOf(
  { parameters }: Operation,
  config: OperationConfig,
  msg: OperationMessage,
): OperationParameters {
  const text = (name: Exclude<ParameterName, "state">, wish: unknown, form: RegExp): string => {
    const usual = defaultParameters[name];
    if (!parameters.includes(name)) return usual;
    const value = textOption(wish) ?? textOption(config[name]) ?? usual;
    if (form.test(value)) return value;
    throw new SurveillanceError("CONFIG_INVALID", `"${value}" is no ${name}.`);
  };
  return {
    channel: text("channel", msg.channel, /^[1-9]\d{0,4}$/),
    port: text("port", msg.output, /^[1-9]\d{0,4}$/),
    event: text("event", msg.trigger, /^[A-Za-z][\w-]{0,63}$/),
    metadataType: text("metadataType", msg.metadataType, /^[\w, ]{0,200}$/),
    state: parameters.includes("state") ? readState(config.state, msg) : "read",
  };
}

function readState(preset: unknown, msg: OperationMessage): SwitchState {
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

/** A Date, milliseconds since 1970 or ISO 8601 with offset; undefined where nothing is said. */
function readTime(time: unknown): number | undefined {
  if (time === undefined || time === null || time === "") return undefined;
  const value = time instanceof Date ? time.getTime() : typeof time === "string" ? Date.parse(time) : time;
  // Before 2000, it is something else; so long a year no device knows.
  if (typeof value === "number" && value >= 946_684_800_000 && value < 4_102_444_800_000) return value;
  throw new SurveillanceError("CONFIG_INVALID", `time is no time: ${JSON.stringify(time)}.`, {
    advice: "Give milliseconds since 1970, or 2026-03-02T08:00:00+01:00.",
  });
}
