import type { NodeAPI, NodeMessageInFlow } from "node-red";
import { SurveillanceError } from "../../src/core/errors";
import type { Operation } from "../../src/hcp/catalogue";
import type { HcpRequestOptions } from "../../src/hcp/request/client";
import type { HcpResponse } from "../../src/hcp/request/response";
import { customOperation, operationOf } from "../../src/hcp/request/operation-request";
import { gatherPages, type HcpPage } from "../../src/hcp/request/paging";
import { streamUrl } from "../../src/hcp/request/stream-url";
import { onClose, onInput } from "../kit/guard";
import { serveOperations } from "../hcp/admin";
import { hcpClientOf } from "../hcp/server";
import { choiceOption, textOption } from "../kit/options";
import { registerNode } from "../kit/register";
import { RequestBatch } from "./request-batch";
import { requestBody } from "./request-body";

interface Config {
  server: string;
  /** Id of the catalogue, or `custom`. */
  operation: string;
  path: string;
  body: string;
  bodyType: string;
  paging: string;
}

interface RequestMessage extends NodeMessageInFlow {
  operation?: unknown;
  path?: unknown;
  userId?: unknown;
}

export = (RED: NodeAPI): void => {
  serveOperations(RED);
  registerNode<Config>(RED, "hcp-request", ({ node, config, status }) => {
    const client = hcpClientOf(RED, config.server);
    const paging = choiceOption("paging", config.paging, ["off", "all", "pages"], "off");
    const preset = textOption(config.operation) ?? "custom";
    // Said when the flow starts, not with the first message.
    if (preset !== "custom") operationOf(preset);
    const giveUp = new AbortController();
    const batch = new RequestBatch(status);

    onInput(node, async (msg: RequestMessage, send) => {
      const turn = batch.take();
      try {
        const operation = chosenOperation(msg, preset, config.path);
        const body = await requestBody(RED, node, config, msg);
        const options: HcpRequestOptions = {
          userId: textOption(msg.userId),
          signal: giveUp.signal,
          onSent: turn.sent,
        };
        if (paging === "off" || operation.paging === undefined) {
          send(answer(msg, await client.call(operation, body, options), 1));
        } else if (paging === "all") {
          const { response, pages } = await gatherPages(
            withProgress(client.pages(operation, body, options)),
            operation.paging,
          );
          send(answer(msg, response, pages));
        } else {
          const id = RED.util.generateId();
          for await (const page of withProgress(client.pages(operation, body, options))) {
            const copy = RED.util.cloneMessage(msg);
            const parts = { id, index: page.index, ...(page.pages !== undefined && { count: page.pages }) };
            send(Object.assign(answer(copy, page.response, page.index + 1), { parts }));
          }
        }
        turn.answered();
      } catch (error) {
        turn.failed(giveUp.signal.aborted ? undefined : error);
        throw error;
      }
    });
    onClose(node, () => {
      giveUp.abort();
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

/** What the message says goes before what the node says. @throws {SurveillanceError} CONFIG_INVALID */
function chosenOperation(msg: RequestMessage, preset: string, presetPath: string): Operation {
  const id = textOption(msg.operation) ?? preset;
  if (id !== "custom") return operationOf(id);
  const path = textOption(msg.path) ?? textOption(presetPath);
  if (path === undefined)
    throw new SurveillanceError("CONFIG_INVALID", "There is no path, here or in msg.path.");
  return customOperation(path);
}

/**
 * Puts an answer into the message. That is done before a stream's address is judged, so that whoever has a use for the
 * vendor's own finds it in what the Catch node gets.
 */
function answer(
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
