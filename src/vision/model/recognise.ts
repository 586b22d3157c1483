import path from "node:path";
import { SurveillanceError, toError } from "../../core/errors";
import type { ImageSize } from "../../media/frame";
import { isDoubt, recogniseFormat, supportedModels } from "../families";
import type { ModelFormat } from "../families/family";
import { InputBuffer, type InputStyle, type InputType } from "../input/input-buffer";
import { letterbox } from "../input/letterbox";
import { cocoNames } from "../labels";
import type { ModelInfo } from "../model-types";
import type { ModelFacts } from "../onnx/model-facts";
import type { ModelSession } from "../onnx/session";
import { describeTensors, type InputTensor, type OutputTensor, type TensorInfo } from "../onnx/tensor";
import { badExportError, scoresAreFlat } from "./bad-export";
import { probeImages } from "./probe-images";

export interface RecognisedModel {
  info: ModelInfo;
  format: ModelFormat;
  inputName: string;
  type: InputType;
  /** The model's other inputs, by name. */
  otherInputs: Record<string, InputTensor>;
}

const INPUT_TYPES: readonly string[] = ["float32", "float16", "uint8"] satisfies InputType[];
/** The training size of every family, unless the file has another one. Pixels. */
const DEFAULT_SIZE = 640;
const SUPPORTED = `Supported models, exported to ONNX: ${supportedModels}.`;
/** The style of the test runs that decide the family: the family's own style is not known yet. */
const PROBE_STYLE: InputStyle = { order: "rgb", range: "unit", pad: 114, placement: "centre" };

/**
 * Recognises the family, the inputs and the outputs of a model, from its metadata, its inputs and a test run on
 * generated images. The run also warms it up.
 *
 * @param classes the number of the user's labels, if there are any: it can decide between two families
 * @throws {SurveillanceError} YOLO_UNSUPPORTED_MODEL, YOLO_BAD_EXPORT
 */
export async function recogniseModel(
  file: string,
  facts: ModelFacts,
  session: ModelSession,
  classes?: number,
): Promise<RecognisedModel> {
  const name = path.basename(file);
  const unsupported = (why: string, cause?: unknown, advice = SUPPORTED): SurveillanceError =>
    new SurveillanceError(
      "YOLO_UNSUPPORTED_MODEL",
      `${name}: ${why}. Inputs: ${describeTensors(session.inputs)}; outputs: ${describeTensors(session.outputs)}.`,
      { advice, cause },
    );

  const target = session.inputs.find(isImageInput);
  if (target === undefined) throw unsupported("no input accepts one image as [1, 3, height, width]");
  const type = target.type as InputType;
  const size = inputSize(target.shape, facts);
  const otherInputs: Record<string, InputTensor> = {};
  for (const other of session.inputs) {
    if (other === target) continue;
    // RT-DETR and similar models scale their boxes to this size. The input's size yields boxes in input pixels.
    if (other.type !== "int64" || other.shape.length !== 2)
      throw unsupported(`the input ${other.name} is unknown`);
    const data = BigInt64Array.of(BigInt(size.width), BigInt(size.height));
    otherInputs[other.name] = { type: "int64", data, dims: [1, 2] };
  }

  const probe = async (index: number, style: InputStyle): Promise<OutputTensor[]> => {
    const input = new InputBuffer(type, size, style);
    const image = probeImages[index]?.(size);
    if (image !== undefined) input.fill(image, letterbox(image, size, style.placement));
    return session.run({ [target.name]: input.tensor, ...otherInputs });
  };
  const outputs = await probe(0, PROBE_STYLE).catch((cause: unknown) => {
    throw unsupported(
      `a test run with ${size.width} x ${size.height} pixels failed: ${toError(cause).message}`,
      cause,
    );
  });
  let format = recogniseFormat(outputs, size, facts, classes);
  for (let index = 1; format !== undefined && isDoubt(format) && index < probeImages.length; index++)
    format = recogniseFormat(await probe(index, PROBE_STYLE), size, facts, classes);
  if (format === undefined) throw unsupported(reasonOf(facts, outputs));
  if (isDoubt(format)) throw unsupported(format.why, undefined, format.advice);

  const { cells } = format;
  if (cells !== undefined) {
    let isFlat = scoresAreFlat(cells, outputs);
    for (let index = 0; isFlat && index < probeImages.length; index++)
      isFlat = scoresAreFlat(cells, await probe(index, format.input));
    if (isFlat) throw badExportError(name);
  }
  return {
    info: { name, family: format.family, input: size, labels: labelsOf(format, facts) },
    format,
    inputName: target.name,
    type,
    otherInputs,
  };
}

function isImageInput({ type, shape }: TensorInfo): boolean {
  if (type === undefined || !INPUT_TYPES.includes(type) || shape.length !== 4) return false;
  const [batch, channels] = shape;
  return (typeof batch === "string" || batch === 1) && (typeof channels === "string" || channels === 3);
}

function inputSize(shape: TensorInfo["shape"], facts: ModelFacts): ImageSize {
  const [defaultHeight, defaultWidth] = facts.imageSize ?? [DEFAULT_SIZE, DEFAULT_SIZE];
  const [, , height, width] = shape;
  return {
    width: typeof width === "number" ? width : defaultWidth,
    height: typeof height === "number" ? height : defaultHeight,
  };
}

function reasonOf({ task }: ModelFacts, outputs: readonly OutputTensor[]): string {
  const got = outputs.map(({ name, dims }) => `${name} [${dims.join(", ")}]`).join(", ");
  const purpose = task === undefined ? "" : ` of a model for the task "${task}"`;
  return `the outputs${purpose} are unknown; a test run returned ${got}`;
}

function labelsOf({ cells }: ModelFormat, { names }: ModelFacts): string[] {
  if (names !== undefined) return names;
  // 80 classes without names are those of COCO: the published models of every family are trained on it.
  return cells?.classes === cocoNames.length ? [...cocoNames] : [];
}
