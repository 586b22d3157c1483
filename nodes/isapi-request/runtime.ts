import type { NodeAPI, NodeMessageInFlow } from "node-red";
import { SurveillanceError } from "../../src/core/errors";
import { httpMethods, sendRequest, type GenericRequest } from "../../src/isapi/request/generic-request";
import { runOperation } from "../../src/isapi/operations/run";
import { isFields } from "../../src/core/fields";
import { limitPending } from "../isapi/limit-pending";
import { onClose, onInput } from "../kit/guard";
import { deviceOf } from "../isapi/device-node";
import {
  checkOperation,
  chosenOperation,
  type OperationConfig,
  type OperationMessage,
} from "./operation-message";
import { choiceOption, textOption } from "../kit/options";
import { registerNode } from "../kit/register";

interface Config extends OperationConfig {
  /** Id of an isapi-config node. */
  device: unknown;
  method?: unknown;
  path?: unknown;
  /** Sent with PUT and POST, instead of the payload. */
  body?: unknown;
  ret?: unknown;
  /** Save the answer there. */
  file?: unknown;
}

interface RequestMessage extends NodeMessageInFlow, OperationMessage {
  payload?: unknown;
  method?: unknown;
  path?: unknown;
  /** Sent with any method; without it, the configured body or the payload is sent with PUT and POST. */
  body?: unknown;
  filename?: unknown;
  headers?: unknown;
}

const MAX_WAITING = 64;

export = (RED: NodeAPI): void => {
  registerNode<Config>(RED, "isapi-request", ({ node, config, status }) => {
    const { client } = deviceOf(RED, config.device);
    const answer = choiceOption("ret", config.ret, ["auto", "txt", "bin"], "auto");
    choiceOption("method", config.method, httpMethods, "GET");
    // Said when the flow starts, not with the first message.
    checkOperation(config);
    const closing = new AbortController();
    const { signal } = closing;
    const bounded = limitPending({
      status,
      closing: signal,
      max: MAX_WAITING,
      pending: "requests are waiting for the device",
    });

    onInput(node, async (msg: RequestMessage, send) => {
      await bounded(async () => {
        const request = chosenOperation(config, msg) ?? freeRequest(config, msg);
        status("busy", "sending");
        const {
          status: statusCode,
          headers,
          payload,
        } = "operation" in request
          ? await runOperation(client, { ...request, signal })
          : await sendRequest(client, { ...request, answer, signal });
        status("ok", "answered", { code: statusCode });
        send({ ...msg, payload, statusCode, headers });
      });
    });
    onClose(node, () => {
      closing.abort();
    });
  });
};

/** @throws {SurveillanceError} CONFIG_INVALID */
function freeRequest(config: Config, msg: RequestMessage): Omit<GenericRequest, "answer" | "signal"> {
  const method = choiceOption(
    "method",
    textOption(msg.method ?? config.method)?.toUpperCase(),
    httpMethods,
    "GET",
  );
  const path = textOption(msg.path) ?? textOption(config.path);
  if (path === undefined) {
    throw new SurveillanceError("CONFIG_INVALID", "No path is given.", {
      advice: "Example: /ISAPI/System/time",
    });
  }
  const carriesBody = method === "PUT" || method === "POST";
  return {
    method,
    path,
    // A timestamp that only triggers the node does not replace what was written into its dialog.
    body: msg.body ?? (carriesBody ? (textOption(config.body) ?? msg.payload) : undefined),
    file: textOption(msg.filename) ?? textOption(config.file),
    headers: textHeaders(msg.headers),
  };
}

/** A message that passed an HTTP node carries that node's headers: only the type of the body means this request. */
function textHeaders(headers: unknown): Record<string, string> | undefined {
  if (!isFields(headers)) return undefined;
  const type = Object.entries(headers).find(([name]) => name.toLowerCase() === "content-type")?.[1];
  return typeof type === "string" ? { "content-type": type } : undefined;
}
