import { SurveillanceError, toError } from "../../core/errors";
import type { ImageSize } from "../../media/frame";
import { isDoubt, recogniseFormat, supportedModels } from "../families";
import type { ModelFormat } from "../families/family";
import type { InputStyle, InputType } from "../input/input-buffer";
import { cocoNames } from "../labels";
import type { ImageFit, ModelInfo } from "../model-types";
import type { ModelFacts } from "../onnx/model-facts";
import { describeTensors, type InputTensor, type OutputTensor, type TensorInfo } from "../onnx/tensor";
import { badExportError, scoresAreFlat } from "./bad-export";
import { JpegInput, TensorInput, type ModelInput } from "./model-input";
import type { ModelSession } from "./model-session";
import { probeImages } from "./probe-images";

/** A model that is not recognised yet. */
export interface UnknownModel {
  name: string;
  facts: ModelFacts;
  session: ModelSession;
  /** The number of the user's labels, if there are any: it can decide between two families. */
  classes?: number | undefined;
  /** How a server fits a JPEG file into the model's input. */
  fit?: ImageFit | undefined;
}

export interface RecognisedModel {
  info: ModelInfo;
  format: ModelFormat;
  input: ModelInput;
  inputName: string;
  /** The model's other inputs, by name. */
  otherInputs: Record<string, InputTensor>;
}

const INPUT_TYPES: readonly string[] = ["float32", "float16", "uint8"] satisfies InputType[];
/** The type of an input that takes whole files. */
const JPEG = "bytes";
/** The training size of every family, unless the file has another one. Pixels. */
const DEFAULT_SIZE = 640;
const SUPPORTED = `Supported models, exported to ONNX: ${supportedModels}.`;
/** The style of the test runs that decide the family: the family's own style is not known yet. */
const PROBE_STYLE: InputStyle = { order: "rgb", range: "unit", pad: 114, placement: "centre" };

/**
 * Recognises the family, the inputs and the outputs of a model, from its metadata, its inputs and a test run on
 * generated images. The run also warms it up.
 *
 * @throws {SurveillanceError} YOLO_UNSUPPORTED_MODEL, YOLO_BAD_EXPORT, and the errors of servers
 */
export async function recogniseModel(model: UnknownModel): Promise<RecognisedModel> {
  const { name, facts, session, classes, fit = "letterbox" } = model;
  const unsupported = (why: string, cause?: unknown, advice = SUPPORTED): SurveillanceError =>
    new SurveillanceError(
      "YOLO_UNSUPPORTED_MODEL",
      `${name}: ${why}. Inputs: ${describeTensors(session.inputs)}; outputs: ${describeTensors(session.outputs)}.`,
      { advice, cause },
    );

  const target = session.inputs.find(isImageInput);
  if (target === undefined) throw unsupported("no input accepts one image as [1, 3, height, width]");
  const size = inputSize(target, facts);
  const inputFor = (style: InputStyle): ModelInput =>
    target.type === JPEG
      ? new JpegInput(
          target.shape.map(() => 1),
          size,
          fit,
        )
      : new TensorInput(target.type as InputType, size, style);
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
    const image = (probeImages[index] ?? probeImages[0])(size);
    const { tensor } = await inputFor(style).prepare(image);
    const { outputs } = await session.run({ [target.name]: tensor, ...otherInputs });
    return outputs;
  };
  const outputs = await probe(0, PROBE_STYLE).catch((cause: unknown) => {
    // The error of a server has its own code.
    if (cause instanceof SurveillanceError) throw cause;
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
    input: inputFor(format.input),
    inputName: target.name,
    otherInputs,
  };
}

function isImageInput({ type, shape }: TensorInfo): boolean {
  if (type === JPEG) return shape.every((length) => typeof length === "string" || length === 1);
  if (type === undefined || !INPUT_TYPES.includes(type) || shape.length !== 4) return false;
  const [batch, channels] = shape;
  return (typeof batch === "string" || batch === 1) && (typeof channels === "string" || channels === 3);
}

function inputSize({ type, shape }: TensorInfo, facts: ModelFacts): ImageSize {
  const [defaultHeight, defaultWidth] = facts.imageSize ?? [DEFAULT_SIZE, DEFAULT_SIZE];
  const [, , height, width] = type === JPEG ? [] : shape;
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
