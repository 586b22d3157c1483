import path from "node:path";
import type * as Ort from "onnxruntime-node";
import { SurveillanceError, toError } from "../../core/errors";
import { letterbox } from "../input/letterbox";
import { InputBuffer, type InputType } from "../input/pixels";
import { inputStyleOf, type InputStyle } from "../input/style";
import { cocoNames } from "./coco-names";
import {
  recogniseLayout,
  scoresAreFlat,
  type InputSize,
  type OutputLayout,
  type OutputTensor,
} from "./layout";
import type { ModelFacts } from "./model-facts";
import type { ModelInfo } from "./model-info";
import { probePictures } from "./probe";
import { describeTensors, toOutputTensor } from "./tensors";

export interface RecognisedModel {
  info: ModelInfo;
  layout: OutputLayout;
  inputName: string;
  type: InputType;
  /** What the model wants beside the picture. */
  otherFeeds: Record<string, Ort.Tensor>;
}

const INPUT_TYPES: readonly string[] = ["float32", "float16", "uint8"] satisfies InputType[];
/** What every family is trained with unless its file says otherwise. */
const USUAL_SIZE = 640;

/**
 * Finds out what a model takes and gives: from its metadata, its inputs, and a first run on made-up pictures, which
 * also warms it up.
 *
 * @param classes how many labels the user gave, where they did: they may tell two families apart
 * @throws {SurveillanceError} YOLO_UNSUPPORTED_MODEL, YOLO_BAD_EXPORT
 */
export async function recogniseModel(
  file: string,
  facts: ModelFacts,
  ort: typeof Ort,
  session: Ort.InferenceSession,
  classes?: number,
): Promise<RecognisedModel> {
  const name = path.basename(file);
  const unsupported = (why: string, cause?: unknown, advice = SUPPORTED): SurveillanceError =>
    new SurveillanceError(
      "YOLO_UNSUPPORTED_MODEL",
      `${name}: ${why}. Inputs: ${describeTensors(session.inputMetadata)}; ` +
        `outputs: ${describeTensors(session.outputMetadata)}.`,
      { advice, cause },
    );

  const image = session.inputMetadata.find(isPicture);
  if (image === undefined) throw unsupported("no input takes one picture as [1, 3, height, width]");
  const type = image.type as InputType;
  const size = inputSize(image.shape, facts);
  const otherFeeds: Record<string, Ort.Tensor> = {};
  for (const other of session.inputMetadata) {
    if (other === image) continue;
    // RT-DETR and its kin scale their boxes to this size: the input's own gives them in its pixels.
    if (!other.isTensor || other.type !== "int64" || other.shape.length !== 2)
      throw unsupported(`nothing is known to fill the input ${other.name} with`);
    const sides = BigInt64Array.of(BigInt(size.width), BigInt(size.height));
    otherFeeds[other.name] = new ort.Tensor("int64", sides, [1, 2]);
  }

  const probe = async (index: number, style: InputStyle): Promise<OutputTensor[]> => {
    const picture = probePictures[index]?.(size);
    const input = new InputBuffer(type, size, style);
    if (picture !== undefined) input.fill(picture, letterbox(picture, size, style.placement));
    const tensor = new ort.Tensor(type, input.data as never, [1, 3, size.height, size.width]);
    const results = await session.run({ [image.name]: tensor, ...otherFeeds });
    return Object.entries(results).map(([output, value]) => toOutputTensor(output, value));
  };
  const outputs = await probe(0, UNKNOWN_STYLE).catch((cause: unknown) => {
    throw unsupported(
      `a first run with ${size.width} x ${size.height} pixels failed: ${toError(cause).message}`,
      cause,
    );
  });
  let layout = recogniseLayout(outputs, size, facts, classes);
  for (let index = 1; layout?.family === "undecided" && index < probePictures.length; index++)
    layout = recogniseLayout(await probe(index, UNKNOWN_STYLE), size, facts, classes);
  if (layout === undefined) throw unsupported(reasonOf(facts, outputs));
  if (layout.family === "undecided") throw unsupported(layout.why, undefined, layout.advice);

  let flat = scoresAreFlat(layout, outputs);
  for (let index = 0; flat && index < probePictures.length; index++)
    flat = scoresAreFlat(layout, await probe(index, inputStyleOf(layout)));
  if (flat)
    throw new SurveillanceError(
      "YOLO_BAD_EXPORT",
      `${name}: every class has one and the same score everywhere, whatever the picture, so nothing would ever be ` +
        "found. That is what a static int8 quantisation does when boxes and scores share one scale.",
      {
        advice:
          "Leave the last layers out of the quantisation, quantise dynamically, or use the float model.",
      },
    );
  return {
    info: { name, family: layout.family, input: size, labels: labelsOf(layout, facts) },
    layout,
    inputName: image.name,
    type,
    otherFeeds,
  };
}

const SUPPORTED = "Supported are YOLOv5 to v12, v26, YOLOX and DETR detectors exported to ONNX.";

/** Only for the run that tells what the style is. */
const UNKNOWN_STYLE: InputStyle = { order: "rgb", range: "unit", pad: 114, placement: "centre" };

type TensorMetadata = Extract<Ort.InferenceSession.ValueMetadata, { isTensor: true }>;

function isPicture(value: Ort.InferenceSession.ValueMetadata): value is TensorMetadata {
  if (!value.isTensor || !INPUT_TYPES.includes(value.type) || value.shape.length !== 4) return false;
  const [batch, channels] = value.shape;
  return (typeof batch === "string" || batch === 1) && (typeof channels === "string" || channels === 3);
}

function inputSize(shape: readonly (number | string)[], facts: ModelFacts): InputSize {
  const [usualHeight, usualWidth] = facts.imageSize ?? [USUAL_SIZE, USUAL_SIZE];
  const [, , height, width] = shape;
  return {
    width: typeof width === "number" ? width : usualWidth,
    height: typeof height === "number" ? height : usualHeight,
  };
}

function reasonOf({ task }: ModelFacts, outputs: readonly OutputTensor[]): string {
  const got = outputs.map(({ name, dims }) => `${name} [${dims.join(", ")}]`).join(", ");
  const purpose = task === undefined ? "" : ` of a model for the task "${task}"`;
  return `the outputs${purpose} are none that are known; a run gave ${got}`;
}

function labelsOf(layout: OutputLayout, { names }: ModelFacts): string[] {
  if (names !== undefined) return names;
  // 80 classes without names are COCO's: that is what the published models of every family are trained on.
  return "classes" in layout && layout.classes === cocoNames.length ? [...cocoNames] : [];
}
