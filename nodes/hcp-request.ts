import type { Node, NodeAPI, NodeMessageInFlow } from "node-red";
import { SurveillanceError } from "../src/errors";
import { onClose, onInput } from "./shared/guard";
import { hcpClientOf } from "./shared/hcp-server";
import { choiceOption, textOption } from "./shared/options";
import { registerNode } from "./shared/register";
import { showError } from "./shared/status";

interface Config {
  server: string;
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
  registerNode<Config>(RED, "hcp-request", ({ node, config, status }) => {
    const client = hcpClientOf(RED, config.server);
    choiceOption("operation", config.operation, ["custom"], "custom");
    choiceOption("paging", config.paging, ["off"], "off");
    const giveUp = new AbortController();
    let pending = 0;

    onInput(node, async (msg: RequestMessage, send) => {
      try {
        choiceOption("msg.operation", msg.operation, ["custom"], "custom");
        const path = textOption(msg.path) ?? textOption(config.path);
        if (path === undefined)
          throw new SurveillanceError("CONFIG_INVALID", "There is no path, here or in msg.path.");
        const body = asBody(await configuredBody(RED, node, config, msg));
        pending += 1;
        status("busy", "requesting", { n: pending });
        const reply = await client
          .request(path, body, { userId: textOption(msg.userId), signal: giveUp.signal })
          .finally(() => (pending -= 1));
        const { data, mimeType, ...hcp } = reply;
        status("ok", "answered", { ms: reply.durationMs });
        send(Object.assign(msg, { payload: data, hcp: { ...hcp, pages: 1 }, ...(mimeType && { mimeType }) }));
      } catch (error) {
        if (!giveUp.signal.aborted) showError(status, error);
        throw error;
      }
    });
    onClose(node, () => {
      giveUp.abort();
    });
  });
};

/** The body as configured; `msg.payload` where nothing is. */
function configuredBody(RED: NodeAPI, node: Node, config: Config, msg: NodeMessageInFlow): Promise<unknown> {
  if (textOption(config.body) === undefined) return Promise.resolve(msg.payload);
  return new Promise((resolve, reject) => {
    RED.util.evaluateNodeProperty(config.body, config.bodyType, node, msg, (error, value: unknown) => {
      if (error === null) resolve(value);
      else reject(new SurveillanceError("CONFIG_INVALID", `The body cannot be evaluated: ${error.message}`));
    });
  });
}

/** @throws {SurveillanceError} CONFIG_INVALID when the value is no JSON object */
function asBody(value: unknown): object {
  if (value === undefined || value === null || value === "") return {};
  const body = typeof value === "string" ? parse(value) : value;
  if (typeof body === "object" && body !== null && !Array.isArray(body) && !Buffer.isBuffer(body))
    return body;
  throw new SurveillanceError(
    "CONFIG_INVALID",
    `The body of a request must be an object, not ${kindOf(value)}.`,
    {
      advice: "Set msg.payload to an object, or enter the body in the node.",
    },
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return "an array";
  return Buffer.isBuffer(value) ? "a Buffer" : `a ${typeof value}`;
}
