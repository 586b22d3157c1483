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
  /** Sent with any method. Without it, the configured body or the payload is sent with PUT and POST. */
  body?: unknown;
  filename?: unknown;
  headers?: unknown;
}

const MAX_PENDING = 64;

export = (RED: NodeAPI): void => {
  defineNode(RED, { type: "isapi-request", options }, ({ node, options: settings, status }) => {
    const { client } = deviceOf(RED, settings.device);
    // A mistake shows when the flow starts, not with the first message.
    checkOperation(settings);
    const closing = new AbortController();
    const { signal } = closing;
    const limited = limitPending({
      status,
      closing: signal,
      max: MAX_PENDING,
      pending: "requests are waiting for the device",
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
    throw new SurveillanceError("CONFIG_INVALID", "There is no path.", {
      advice: "Example: /ISAPI/System/time",
    });
  }
  const carriesBody = method === "PUT" || method === "POST";
  return {
    method,
    path,
    // A timestamp that only triggers the node does not replace the body of the dialog.
    body: msg.body ?? (carriesBody ? (settings.body ?? msg.payload) : undefined),
    format: settings.ret,
    file: textOption(msg.filename) ?? settings.file,
    headers: textHeaders(msg.headers),
  };
}

/** Reads the type of the body. All other headers of a message that passed an HTTP node belong to that node. */
function textHeaders(headers: unknown): Record<string, string> | undefined {
  if (!isFields(headers)) return undefined;
  const type = Object.entries(headers).find(([name]) => name.toLowerCase() === "content-type")?.[1];
  return typeof type === "string" ? { "content-type": type } : undefined;
}
