/** The supported model families, and the function that recognises them. */
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

/** Their order does not matter, because a model that two of them recognise is refused. */
const families: readonly Family[] = [Yolov5, Yolov8, End2End, Yolox, Detr, DeepStream];

/** The common names of the supported models. */
export const supportedModels = families.map(({ models }) => models).join(", ");

/** Ultralytics' tasks whose models find boxes. The masks and key points of the last two are ignored. */
const BOX_TASKS = ["detect", "segment", "pose"];

/**
 * Recognises the family of a model from its metadata and the outputs of one run. Without the run, the dimensions of a
 * model with dynamic axes are unknown.
 *
 * @param size of the model's input, pixels
 * @param classes the number of the user's labels, if there are any: it can decide between two families
 * @returns a doubt if the outputs fit two families, undefined if they fit none
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

/** Tells whether a model was not recognised because its outputs fit two families. */
export function isDoubt(verdict: ModelFormat | Doubt): verdict is Doubt {
  return "why" in verdict;
}
