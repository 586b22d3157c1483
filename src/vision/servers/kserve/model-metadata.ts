import { SurveillanceError } from "../../../core/errors";
import { isFields } from "../../../core/fields";
import type { TensorInfo } from "../../onnx/tensor";
import { objectIn } from "../small-json";
import type { ServerModel } from "../types";
import { datatypeOf } from "./datatypes";

/** More than any detector has. */
const MAX_TENSORS = 64;
const MAX_DIMENSIONS = 8;
/** How a dimension of any size is named. The protocol has -1 for it, ONNX a name. */
const ANY_SIZE = "any";

/**
 * Reads the metadata of a model.
 *
 * @param where the server as the start of a sentence
 * @throws {SurveillanceError} INFERENCE_REPLY
 */
export function readModel(body: Buffer, where: string): ServerModel {
  const json = objectIn(body) ?? {};
  const inputs = tensorsIn(json.inputs);
  const outputs = tensorsIn(json.outputs);
  if (typeof json.name !== "string" || inputs === undefined || outputs === undefined)
    throw new SurveillanceError("INFERENCE_REPLY", `${where}: the description of the model is not valid.`, {
      advice: "Check that the URL is that of the inference server, and that its dialect is kserve.",
    });
  return { name: json.name, inputs, outputs };
}

/** Returns the versions in the metadata of a model; empty if it names none. */
export function versionsOf(body: Buffer): string[] {
  const versions = objectIn(body)?.versions;
  if (!Array.isArray(versions)) return [];
  return versions.filter((version): version is string => typeof version === "string").slice(0, MAX_TENSORS);
}

function tensorsIn(list: unknown): TensorInfo[] | undefined {
  if (!Array.isArray(list) || list.length === 0 || list.length > MAX_TENSORS) return undefined;
  const tensors = (list as unknown[]).map(tensorIn);
  return tensors.every((tensor) => tensor !== undefined) ? tensors : undefined;
}

function tensorIn(value: unknown): TensorInfo | undefined {
  if (!isFields(value)) return undefined;
  const { name, datatype, shape } = value;
  if (typeof name !== "string" || !Array.isArray(shape) || shape.length > MAX_DIMENSIONS) return undefined;
  if (!shape.every((dimension) => Number.isSafeInteger(dimension) && (dimension as number) >= -1))
    return undefined;
  const sizes = (shape as number[]).map((dimension) => (dimension === -1 ? ANY_SIZE : dimension));
  return { name, type: datatypeOf(datatype)?.type, shape: sizes };
}
