import type { Node, NodeAPI, NodeMessageInFlow } from "node-red";
import { SurveillanceError } from "../../src/core/errors";
import { textOption } from "../kit/options";

/** Where a node's request body comes from: a typed input. */
export interface BodySource {
  body: unknown;
  bodyType: string;
}

/**
 * The body as configured; `msg.payload` where nothing is.
 *
 * @throws {SurveillanceError} CONFIG_INVALID when it cannot be evaluated or is no object, and no text of one in JSON
 */
export async function requestBody(
  RED: NodeAPI,
  node: Node,
  { body, bodyType }: BodySource,
  msg: NodeMessageInFlow,
): Promise<object> {
  const entered = textOption(body);
  if (entered === undefined) return asObject(msg.payload);
  const value = await new Promise<unknown>((resolve, reject) => {
    RED.util.evaluateNodeProperty(entered, bodyType, node, msg, (error, evaluated: unknown) => {
      if (error === null) resolve(evaluated);
      else reject(new SurveillanceError("CONFIG_INVALID", `The body cannot be evaluated: ${error.message}`));
    });
  });
  return asObject(value);
}

function asObject(value: unknown): object {
  if (value === undefined || value === null || value === "") return {};
  const body = typeof value === "string" ? parse(value) : value;
  if (typeof body === "object" && body !== null && !Array.isArray(body) && !Buffer.isBuffer(body))
    return body;
  throw new SurveillanceError(
    "CONFIG_INVALID",
    `The body of a request must be an object, not ${kindOf(value)}.`,
    { advice: "Set msg.payload to an object, or enter the body in the node." },
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
