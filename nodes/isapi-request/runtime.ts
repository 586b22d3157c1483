import type { NodeAPI, NodeMessageInFlow } from "node-red";
import { isFields } from "../../src/core/fields";
import { SurveillanceError } from "../../src/core/errors";
import { runOperation } from "../../src/isapi/operations/run";
import { httpMethods, sendRequest, type GenericRequest } from "../../src/isapi/request/generic-request";
import { deviceOf } from "../isapi/device-node";
import { limitPending } from "../isapi/limit-pending";
import { defineNode } from "../kit/define-node";
import { onClose, onInput } from "../kit/guard";
import type { OptionValues } from "../kit/option-kinds";
import { choiceOption, textOption } from "../kit/options";
import { checkOperation, chosenOperation, type OperationMessage } from "./operation-message";
import { options } from "./options";

interface RequestMessage extends NodeMessageInFlow, OperationMessage {
  payload?: unknown;
  method?: unknown;
  path?: unknown;
  /** The body for any method. Default: the configured body or the payload for PUT and POST. */
  body?: unknown;
  filename?: unknown;
  headers?: unknown;
}

const MAX_PENDING = 64;

export = (RED: NodeAPI): void => {
  defineNode(RED, { type: "isapi-request", options }, ({ node, options: settings, status }) => {
    const { client } = deviceOf(RED, settings.device);
    // Reports invalid settings when the flow starts, and not with the first message.
    checkOperation(settings);
    const closing = new AbortController();
    const { signal } = closing;
    const limited = limitPending({
      status,
      closing: signal,
      max: MAX_PENDING,
      pending: "requests are pending",
    });

    onInput(node, async (msg: RequestMessage, send) => {
      await limited(async () => {
        const request = chosenOperation(settings, msg) ?? freeRequest(settings, msg);
        status("busy", "sending");
        const {
          status: statusCode,
          headers,
          payload,
        } = "operation" in request
          ? await runOperation(client, { ...request, signal })
          : await sendRequest(client, { ...request, signal });
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
function freeRequest(
  settings: OptionValues<typeof options>,
  msg: RequestMessage,
): Omit<GenericRequest, "signal"> {
  const method = choiceOption(
    "method",
    textOption(msg.method ?? settings.method)?.toUpperCase(),
    httpMethods,
    "GET",
  );
  const path = textOption(msg.path) ?? textOption(settings.path);
  if (path === undefined) {
    throw new SurveillanceError("CONFIG_INVALID", "The path is missing.", {
      advice: "Set it in the node or in msg.path, for example to /ISAPI/System/time.",
    });
  }
  const carriesBody = method === "PUT" || method === "POST";
  return {
    method,
    path,
    // The configured body has priority: the payload may be a timestamp that only triggers the node.
    body: msg.body ?? (carriesBody ? (settings.body ?? msg.payload) : undefined),
    format: settings.ret,
    file: textOption(msg.filename) ?? settings.file,
    headers: textHeaders(msg.headers),
  };
}

/** Returns the type of the body. Other headers may come from an HTTP node and belong to its request. */
function textHeaders(headers: unknown): Record<string, string> | undefined {
  if (!isFields(headers)) return undefined;
  const type = Object.entries(headers).find(([name]) => name.toLowerCase() === "content-type")?.[1];
  return typeof type === "string" ? { "content-type": type } : undefined;
}
