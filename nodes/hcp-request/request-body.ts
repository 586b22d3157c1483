import type { Node, NodeAPI, NodeMessageInFlow } from "node-red";
import { SurveillanceError } from "../../src/core/errors";
import { textOption } from "../kit/options";

/** The source of a node's request body: a typed input. */
export interface BodySource {
  body: unknown;
  bodyType: string;
}

/**
 * Returns the configured body; `msg.payload` if none is configured.
 *
 * @throws {SurveillanceError} CONFIG_INVALID if the body cannot be evaluated, or is neither an object nor a JSON text
 *   of an object
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
  throw new SurveillanceError("CONFIG_INVALID", `The request body must be an object, not ${kindOf(value)}.`, {
    advice: "Set msg.payload to an object, or enter the body in the node.",
  });
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
