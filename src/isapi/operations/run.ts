import { SurveillanceError } from "../../core/errors";
import { command, readAnswer } from "../answer";
import type { IsapiAnswer, IsapiClient, IsapiRequest } from "../client";
import { inOneOf } from "../elsewhere";
import { textOf, isFields, type Fields } from "../record";
import { IsapiError, readResponseStatus } from "../response-status";
import { contentOf, parseXml, parseXmlTree } from "../xml";
import type { XmlTree } from "../../xml/tree";
import {
  fillPath,
  requestOf,
  type Operation,
  type OperationParameters,
  type SwitchOperation,
} from "./catalogue";
import { changeClock } from "./clock-change";
import { flagReaders, type Flag } from "./flags";

export interface OperationRequest {
  operation: Operation;
  parameters: OperationParameters;
  /** What the clock is set to, in milliseconds since 1970; default: this machine's, at the moment it is sent. */
  time?: number | undefined;
  signal?: AbortSignal | undefined;
}

export interface OperationAnswer {
  status: number;
  headers: IsapiAnswer["headers"];
  /** The device's answer; of switches and outputs, with `enabled`, and of switches whether that was changed. */
  payload: Fields;
}

/** `statusCode` 7: it takes effect with the next restart. */
const AFTER_RESTART = "7";

/**
 * Carries out an operation of the catalogue. A document is never sent in parts: it is read, changed in one place, sent
 * back whole, and read again, because devices answer OK to changes that they do not keep. Nothing is written where it is
 * so already. Changes of one device come one after the other, or one would undo the other.
 *
 * @throws {SurveillanceError} ISAPI_NOT_FOUND, ISAPI_NOT_APPLIED, ISAPI_REPLY where the device has another document
 * there or does not say whether it did it, an IsapiError with the device's codes, or what the client throws
 */
export async function runOperation(client: IsapiClient, request: OperationRequest): Promise<OperationAnswer> {
  const { operation, parameters, signal } = request;
  switch (operation.kind) {
    case "switch":
      return switches(client, request, operation);
    case "output":
      return output(client, request);
    case "clock":
      return inTurn(client, () => setClock(client, request));
    case "read": {
      const { path } = requestOf(operation, parameters);
      return readDocument(client, { path, signal }, operation.root);
    }
    case "command": {
      const answer = await put(client, requestOf(operation, parameters), signal);
      return answerOf(answer, documentOf(answer));
    }
  }
}

const changes = new WeakMap<IsapiClient, Promise<unknown>>();

function inTurn<T>(client: IsapiClient, change: () => Promise<T>): Promise<T> {
  const turn = (changes.get(client) ?? Promise.resolve()).then(change);
  changes.set(
    client,
    turn.catch(() => undefined),
  );
  return turn;
}

async function switches(
  client: IsapiClient,
  request: OperationRequest,
  operation: SwitchOperation,
): Promise<OperationAnswer> {
  const { parameters } = request;
  const { state } = parameters;
  if (state !== "read") return inTurn(client, () => turn(client, request, operation, state === "on"));
  const { answer, flags } = await readFlags(client, request, operation);
  return answerOf(answer, { enabled: isOn(flags), changed: false, document: documentOf(answer) });
}

async function turn(
  client: IsapiClient,
  request: OperationRequest,
  operation: SwitchOperation,
  wanted: boolean,
): Promise<OperationAnswer> {
  const { path, tree, answer, flags } = await readFlags(client, request, operation);
  const others = flags.filter((flag) => flag.isOn !== wanted);
  if (others.length === 0) {
    return answerOf(answer, { enabled: wanted, changed: false, document: documentOf(answer) });
  }
  for (const flag of others) flag.turn(wanted);
  const written = await put(client, { path, body: tree.toString() }, request.signal);
  const said = documentOf(written);
  if (textOf(said.ResponseStatus, "statusCode") === AFTER_RESTART) {
    return answerOf(written, { enabled: wanted, changed: true, ...said });
  }
  const after = await readFlags(client, request, { ...operation, paths: [path] });
  if (after.flags.some((flag) => flag.isOn !== wanted)) {
    throw new SurveillanceError(
      "ISAPI_NOT_APPLIED",
      `PUT ${path} at ${client.where}: the device answered OK, but did not keep the change.`,
      { advice: "Another function of the channel may exclude it, or the model may not have it." },
    );
  }
  return answerOf(written, { enabled: wanted, changed: true, ...said, document: documentOf(after.answer) });
}

interface FlagsRead {
  path: string;
  answer: IsapiAnswer;
  tree: XmlTree;
  flags: Flag[];
}

async function readFlags(
  client: IsapiClient,
  { parameters, signal }: OperationRequest,
  operation: SwitchOperation,
): Promise<FlagsRead> {
  return firstPath(client, operation, (template) => {
    const path = fillPath(template, parameters);
    return readAnswer(client, { path, signal }, (body, answer) => {
      const tree = parseXmlTree(body.toString());
      const flags = flagReaders[operation.setting](tree.root, parameters);
      if (flags.length > 0) return { path, answer, tree, flags };
      throw new SurveillanceError("ISAPI_REPLY", `there is nothing to be switched in "${tree.root.name}".`);
    });
  });
}

function isOn(flags: readonly Flag[]): boolean {
  return flags.every((flag) => flag.isOn);
}

async function output(client: IsapiClient, request: OperationRequest): Promise<OperationAnswer> {
  const { operation, parameters, signal } = request;
  return firstPath(client, operation, async (template) => {
    const { path, body } = requestOf(operation, parameters, template);
    if (parameters.state === "read") {
      const answer = await readDocument(client, { path, signal }, "IOPortStatus");
      const enabled = /^active$/i.test(textOf(answer.payload.IOPortStatus, "ioState") ?? "");
      return { ...answer, payload: { enabled, document: answer.payload } };
    }
    const answer = await put(client, { path, body }, signal);
    return answerOf(answer, { enabled: parameters.state === "on", ...documentOf(answer) });
  });
}

async function setClock(
  client: IsapiClient,
  { operation, parameters, time, signal }: OperationRequest,
): Promise<OperationAnswer> {
  const path = fillPath(operation.paths[0] ?? "", parameters);
  const tree = await readAnswer(client, { path, signal }, (body) => {
    const read = parseXmlTree(body.toString());
    if (changeClock(read.root, time ?? Date.now())) return read;
    throw new SurveillanceError("ISAPI_REPLY", "the device tells no time.");
  });
  const written = await put(client, { path, body: tree.toString() }, signal);
  return answerOf(written, { ...documentOf(written), localTime: tree.root.child("localTime")?.text });
}

function readDocument(client: IsapiClient, request: IsapiRequest, root: string): Promise<OperationAnswer> {
  return readAnswer(client, request, (body, answer) => {
    contentOf(parseXml(body.toString()), new RegExp(`^${root}$`, "i"));
    return answerOf(answer, documentOf(answer));
  });
}

function put(
  client: IsapiClient,
  { path, body }: Pick<IsapiRequest, "path"> & { body: string },
  signal: AbortSignal | undefined,
): Promise<IsapiAnswer> {
  const content = body === "" ? {} : { body, headers: { "content-type": "application/xml" } };
  return command(client, { method: "PUT", path, signal, ...content });
}

/** Tries an operation's paths in turn. */
async function firstPath<T>(
  client: IsapiClient,
  operation: Operation,
  attempt: (template: string) => Promise<T>,
): Promise<T> {
  const nowhere = (refusal: SurveillanceError | undefined): SurveillanceError =>
    new SurveillanceError(
      "ISAPI_NOT_FOUND",
      `${client.where} has no ${operation.id} there: ${refusal?.message ?? ""}`,
      { cause: refusal },
    );
  try {
    return await inOneOf(operation.paths, attempt, nowhere);
  } catch (thrown) {
    throw explained(thrown, operation);
  }
}

/** Devices answer "busy" where they do not know an event. */
function explained(thrown: unknown, { id }: Operation): unknown {
  if (id !== "notifyCenter" || !(thrown instanceof IsapiError) || thrown.code !== "ISAPI_BUSY") return thrown;
  const { httpStatus, statusCode, subStatusCode } = thrown;
  return new IsapiError(thrown.code, thrown.message, {
    httpStatus,
    status: { statusCode, subStatusCode, statusString: undefined, errorMsg: undefined },
    advice: "Devices answer so, too, where they have no such event: GET /ISAPI/Event/triggers lists them.",
  });
}

function answerOf({ status, headers }: IsapiAnswer, payload: Fields): OperationAnswer {
  return { status, headers, payload };
}

/** The document as free requests give it; a device that says nothing has said OK. */
function documentOf({ body }: IsapiAnswer): Fields {
  const text = body.toString().trim();
  if (text === "") return {};
  const status = text.startsWith("{") ? readResponseStatus(text) : undefined;
  if (status !== undefined) return { ResponseStatus: status };
  const { root, value } = parseXml(text, { attributes: true });
  return { [root]: isFields(value) ? value : { "#text": value } };
}
