import { SurveillanceError } from "../../core/errors";
import { Serial } from "../../core/serial";
import { sendCommand, readResponse } from "../request/response";
import type { IsapiClient } from "../connection/client";
import type { BufferedResponse, IsapiRequest } from "../connection/messages";
import { firstPathOf } from "../request/path-fallback";
import { textOf, isFields, type Fields } from "../../core/fields";
import { IsapiError, readResponseStatus } from "../connection/response-status";
import { contentOf, parseXml, parseXmlTree } from "../documents/xml";
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
  /** The time to set the clock to, in milliseconds since 1970; default: now. */
  time?: number | undefined;
  signal?: AbortSignal | undefined;
}

export interface OperationResponse {
  status: number;
  headers: BufferedResponse["headers"];
  /** The device's response. Switches and outputs add `enabled`, switches also `changed`. */
  payload: Fields;
}

/** The `statusCode` of a change that takes effect at the next restart. */
const AFTER_RESTART = "7";

/**
 * Runs an operation of the catalogue. A document is read, changed in one place, sent back as a whole, and read again,
 * because devices respond OK to changes that they do not store. A setting that already has the value is not written.
 * The changes of one device run one after the other, because concurrent changes would undo each other.
 *
 * @throws {SurveillanceError} ISAPI_NOT_FOUND, ISAPI_NOT_APPLIED, ISAPI_REPLY for another document or a response that
 * does not confirm the change, an IsapiError with the device's codes, or what the client throws
 */
export async function runOperation(
  client: IsapiClient,
  request: OperationRequest,
): Promise<OperationResponse> {
  const { operation, parameters, signal } = request;
  switch (operation.kind) {
    case "switch":
      return runSwitch(client, request, operation);
    case "output":
      return runOutput(client, request);
    case "clock":
      return inTurn(client, () => setClock(client, request));
    case "read": {
      const { path } = requestOf(operation, parameters);
      return readDocument(client, { path, signal }, operation.root);
    }
    case "command": {
      const response = await put(client, requestOf(operation, parameters), signal);
      return responseOf(response, documentOf(response));
    }
  }
}

const changes = new WeakMap<IsapiClient, Serial>();

function inTurn<Result>(client: IsapiClient, change: () => Promise<Result>): Promise<Result> {
  const before = changes.get(client) ?? new Serial();
  changes.set(client, before);
  return before.run(change);
}

async function runSwitch(
  client: IsapiClient,
  request: OperationRequest,
  operation: SwitchOperation,
): Promise<OperationResponse> {
  const { parameters } = request;
  const { state } = parameters;
  if (state !== "read") return inTurn(client, () => changeSwitch(client, request, operation, state === "on"));
  const { response, flags } = await readFlags(client, request, operation);
  return responseOf(response, { enabled: isOn(flags), changed: false, document: documentOf(response) });
}

async function changeSwitch(
  client: IsapiClient,
  request: OperationRequest,
  operation: SwitchOperation,
  on: boolean,
): Promise<OperationResponse> {
  const { path, tree, response, flags } = await readFlags(client, request, operation);
  const different = flags.filter((flag) => flag.isOn !== on);
  if (different.length === 0) {
    return responseOf(response, { enabled: on, changed: false, document: documentOf(response) });
  }
  for (const flag of different) flag.turn(on);
  const written = await put(client, { path, body: tree.toString() }, request.signal);
  const confirmation = documentOf(written);
  if (textOf(confirmation.ResponseStatus, "statusCode") === AFTER_RESTART) {
    return responseOf(written, { enabled: on, changed: true, ...confirmation });
  }
  const after = await readFlags(client, request, { ...operation, paths: [path] });
  if (after.flags.some((flag) => flag.isOn !== on)) {
    throw new SurveillanceError(
      "ISAPI_NOT_APPLIED",
      `PUT ${path} at ${client.where}: the device responded OK, but did not store the change.`,
      { advice: "Another function of the channel may exclude it, or the model may not support it." },
    );
  }
  return responseOf(written, {
    enabled: on,
    changed: true,
    ...confirmation,
    document: documentOf(after.response),
  });
}

interface FlagsRead {
  path: string;
  response: BufferedResponse;
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
    return readResponse(client, { path, signal }, (body, response) => {
      const tree = parseXmlTree(body.toString());
      const flags = flagReaders[operation.setting](tree.root, parameters);
      if (flags.length > 0) return { path, response, tree, flags };
      throw new SurveillanceError("ISAPI_REPLY", `"${tree.root.name}" has no setting to switch.`);
    });
  });
}

function isOn(flags: readonly Flag[]): boolean {
  return flags.every((flag) => flag.isOn);
}

async function runOutput(client: IsapiClient, request: OperationRequest): Promise<OperationResponse> {
  const { operation, parameters, signal } = request;
  return firstPath(client, operation, async (template) => {
    const { path, body } = requestOf(operation, parameters, template);
    if (parameters.state === "read") {
      const response = await readDocument(client, { path, signal }, "IOPortStatus");
      const enabled = /^active$/i.test(textOf(response.payload.IOPortStatus, "ioState") ?? "");
      return { ...response, payload: { enabled, document: response.payload } };
    }
    const response = await put(client, { path, body }, signal);
    return responseOf(response, { enabled: parameters.state === "on", ...documentOf(response) });
  });
}

async function setClock(
  client: IsapiClient,
  { operation, parameters, time, signal }: OperationRequest,
): Promise<OperationResponse> {
  const path = fillPath(operation.paths[0] ?? "", parameters);
  const tree = await readResponse(client, { path, signal }, (body) => {
    const read = parseXmlTree(body.toString());
    if (changeClock(read.root, time ?? Date.now())) return read;
    throw new SurveillanceError("ISAPI_REPLY", "the response contains no time.");
  });
  const written = await put(client, { path, body: tree.toString() }, signal);
  return responseOf(written, { ...documentOf(written), localTime: tree.root.child("localTime")?.text });
}

function readDocument(client: IsapiClient, request: IsapiRequest, root: string): Promise<OperationResponse> {
  return readResponse(client, request, (body, response) => {
    contentOf(parseXml(body.toString()), new RegExp(`^${root}$`, "i"));
    return responseOf(response, documentOf(response));
  });
}

function put(
  client: IsapiClient,
  { path, body }: Pick<IsapiRequest, "path"> & { body: string },
  signal: AbortSignal | undefined,
): Promise<BufferedResponse> {
  const content = body === "" ? {} : { body, headers: { "content-type": "application/xml" } };
  return sendCommand(client, { method: "PUT", path, signal, ...content });
}

/** Tries the paths of an operation in turn. */
async function firstPath<T>(
  client: IsapiClient,
  operation: Operation,
  attempt: (template: string) => Promise<T>,
): Promise<T> {
  const notFound = (refusal: SurveillanceError | undefined): SurveillanceError =>
    new SurveillanceError(
      "ISAPI_NOT_FOUND",
      `${client.where} does not support ${operation.id}: ${refusal?.message ?? ""}`,
      { cause: refusal },
    );
  try {
    return await firstPathOf(operation.paths, attempt, notFound);
  } catch (thrown) {
    throw withAdvice(thrown, operation);
  }
}

/** Adds advice: devices respond "busy" for an event that they do not support. */
function withAdvice(thrown: unknown, { id }: Operation): unknown {
  if (id !== "notifyCenter" || !(thrown instanceof IsapiError) || thrown.code !== "ISAPI_BUSY") return thrown;
  const { httpStatus, statusCode, subStatusCode } = thrown;
  return new IsapiError(thrown.code, thrown.message, {
    httpStatus,
    status: { statusCode, subStatusCode, statusString: undefined, errorMsg: undefined },
    advice:
      "Devices also respond this way if they do not support the event: GET /ISAPI/Event/triggers lists the events.",
  });
}

function responseOf({ status, headers }: BufferedResponse, payload: Fields): OperationResponse {
  return { status, headers, payload };
}

/** Converts a document to the form of a generic response; an empty body means OK. */
function documentOf({ body }: BufferedResponse): Fields {
  const text = body.toString().trim();
  if (text === "") return {};
  const status = text.startsWith("{") ? readResponseStatus(text) : undefined;
  if (status !== undefined) return { ResponseStatus: status };
  const { root, value } = parseXml(text, { attributes: true });
  return { [root]: isFields(value) ? value : { "#text": value } };
}
