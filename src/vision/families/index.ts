/** The model families that are known, and which of them a model belongs to. */
import type { ImageSize } from "../../media/frame";
import type { ModelFacts } from "../onnx/model-facts";
import type { OutputTensor } from "../onnx/tensor";
import { DeepStream } from "./deepstream";
import { Detr } from "./detr";
import { End2End } from "./end2end";
import type { Doubt, Family, ModelFormat } from "./family";
import { tableOf } from "./table";
import { Yolov5 } from "./yolov5";
import { Yolov8 } from "./yolov8";
import { Yolox } from "./yolox";

/** Their order does not matter: a model that two of them recognise is refused. */
const families: readonly Family[] = [Yolov5, Yolov8, End2End, Yolox, Detr, DeepStream];

/** The models that can be read, as users know them. */
export const supportedModels = families.map(({ models }) => models).join(", ");

/** The tasks of Ultralytics whose models find boxes; the masks and key points of the last two are not used. */
const BOX_TASKS = ["detect", "segment", "pose"];

/**
 * Tells which family a model is of, from its metadata and from what one run gave: only then are the dimensions of a
 * model with dynamic axes known.
 *
 * @param size of the model's input, pixels
 * @param classes how many classes the user named, where they did: the number may tell two families apart
 * @returns a doubt when the outputs fit two families, undefined when they fit none
 */
export function recogniseFormat(
  outputs: readonly OutputTensor[],
  size: ImageSize,
  facts: ModelFacts,
  classes?: number,
  known = families,
): ModelFormat | Doubt | undefined {
  const findsBoxes = facts.task === undefined || BOX_TASKS.includes(facts.task);
  const table = findsBoxes ? tableOf(outputs, size, facts, classes) : undefined;
  const verdicts = known.flatMap((family) => family.recognise({ outputs, size, findsBoxes, table }) ?? []);
  const [first] = verdicts;
  const doubt = verdicts.find(isDoubt);
  if (doubt !== undefined || verdicts.length < 2) return doubt ?? first;
  const names = verdicts.map((verdict) => (isDoubt(verdict) ? "" : verdict.family));
  return {
    why: `its outputs fit ${names.join(" and ")}`,
    advice: "Export the model again, with the metadata that its exporter writes.",
  };
}

/** Whether a model was not recognised because its outputs fit two families. */
export function isDoubt(verdict: ModelFormat | Doubt): verdict is Doubt {
  return "why" in verdict;
}
