import type { NodeAPI, NodeMessageInFlow } from "node-red";
import { SurveillanceError } from "../../src/core/errors";
import type { Operation } from "../../src/hcp/catalogue";
import type { HcpRequestOptions } from "../../src/hcp/request/client";
import type { HcpResponse } from "../../src/hcp/request/response";
import { customOperation, operationOf } from "../../src/hcp/request/operation-request";
import { gatherPages, type HcpPage } from "../../src/hcp/request/paging";
import { streamUrl } from "../../src/hcp/request/stream-url";
import { hcpClientOf } from "../hcp/server";
import { defineNode } from "../kit/define-node";
import { onClose, onInput } from "../kit/guard";
import { textOption } from "../kit/options";
import { serveOperations } from "./admin";
import { options as settings } from "./options";
import { RequestBatch } from "./request-batch";
import { requestBody } from "./request-body";

interface RequestMessage extends NodeMessageInFlow {
  operation?: unknown;
  path?: unknown;
  userId?: unknown;
}

export = (RED: NodeAPI): void => {
  serveOperations(RED);
  defineNode(RED, { type: "hcp-request", options: settings }, ({ node, options, status }) => {
    const { operation: preset, paging } = options;
    const client = hcpClientOf(RED, options.server);
    // An unknown operation is reported when the flow starts, not with the first message.
    if (preset !== "custom") operationOf(preset);
    const closing = new AbortController();
    const batch = new RequestBatch(status);

    onInput(node, async (msg: RequestMessage, send) => {
      const turn = batch.take();
      try {
        const operation = chosenOperation(msg, preset, options.path);
        const body = await requestBody(RED, node, options, msg);
        const requestOptions: HcpRequestOptions = {
          userId: textOption(msg.userId),
          signal: closing.signal,
          onSent: turn.sent,
        };
        if (paging === "off" || operation.paging === undefined) {
          send(withResponse(msg, await client.call(operation, body, requestOptions), 1));
        } else if (paging === "all") {
          const { response, pages } = await gatherPages(
            withProgress(client.pages(operation, body, requestOptions)),
            operation.paging,
          );
          send(withResponse(msg, response, pages));
        } else {
          const id = RED.util.generateId();
          for await (const page of withProgress(client.pages(operation, body, requestOptions))) {
            const copy = RED.util.cloneMessage(msg);
            const parts = { id, index: page.index, ...(page.pages !== undefined && { count: page.pages }) };
            send(Object.assign(withResponse(copy, page.response, page.index + 1), { parts }));
          }
        }
        turn.succeeded();
      } catch (error) {
        turn.failed(closing.signal.aborted ? undefined : error);
        throw error;
      }
    });
    onClose(node, () => {
      closing.abort();
    });

    async function* withProgress(pages: AsyncIterable<HcpPage>): AsyncGenerator<HcpPage, void> {
      for await (const page of pages) {
        if (batch.isWaiting) batch.show();
        else if (page.total === undefined) status("busy", "entries", { n: page.reached });
        else status("busy", "progress", { n: page.reached, total: page.total });
        yield page;
      }
    }
  });
};

/**
 * Returns the operation of the message, or of the node.
 *
 * @throws {SurveillanceError} CONFIG_INVALID
 */
function chosenOperation(msg: RequestMessage, preset: string, presetPath: string | undefined): Operation {
  const id = textOption(msg.operation) ?? preset;
  if (id !== "custom") return operationOf(id);
  const path = textOption(msg.path) ?? presetPath;
  if (path === undefined)
    throw new SurveillanceError("CONFIG_INVALID", "The path is missing. Set it in the node or in msg.path.");
  return customOperation(path);
}

/**
 * Puts a response into the message. This happens before a stream's URL is checked: the Catch node then receives a
 * proprietary URL in the message.
 */
function withResponse(
  msg: RequestMessage,
  { code, msg: said, path, data, mimeType, durationMs }: HcpResponse,
  pages: number,
): RequestMessage {
  Object.assign(msg, {
    payload: data,
    hcp: { code, msg: said, path, durationMs, pages },
    ...(mimeType !== undefined && { mimeType }),
  });
  const url = streamUrl(path, data);
  return url === undefined ? msg : Object.assign(msg, { url });
}
