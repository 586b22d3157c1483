import { readFileSync } from "node:fs";
import path from "node:path";
import { SurveillanceError, toError } from "../core/errors";

/**
 * Reads the setting for class names: a comma-separated list, or the path of a text file (.txt or .names) with one name
 * per line.
 *
 * It reads the file synchronously: the file is small, and an error must appear when the flow is deployed.
 *
 * @param folder the base of a relative path
 * @returns names by class id; empty for a blank setting
 * @throws {SurveillanceError} CONFIG_INVALID if the file cannot be read
 */
export function readLabels(setting: string, folder: string): string[] {
  if (!/\.(txt|names)$/i.test(setting.trim())) return trimmed(setting.split(","));
  const file = path.resolve(folder, setting.trim());
  try {
    return trimmed(readFileSync(file, "utf8").split(/\r?\n/));
  } catch (cause) {
    throw new SurveillanceError("CONFIG_INVALID", `The labels cannot be read: ${toError(cause).message}.`, {
      cause,
    });
  }
}

/** Trims the names and removes blank ones at the end. A blank one in the middle stays, so that later ids are right. */
function trimmed(names: readonly string[]): string[] {
  const labels = names.map((name) => name.trim());
  return labels.slice(0, labels.findLastIndex((label) => label !== "") + 1);
}

/** Returns the label of a class; `class 7` if it has no name. */
export function labelOf(classId: number, labels: readonly (string | undefined)[]): string {
  const label = labels[classId] ?? "";
  return label === "" ? `class ${classId}` : label;
}

/**
 * Returns the class ids of classes that the user names by label, in any case, or by id.
 *
 * @throws {SurveillanceError} CONFIG_INVALID for a class that the model does not have
 */
export function classIdsOf(classes: readonly string[], labels: readonly (string | undefined)[]): number[] {
  const known = labels.map((label) => label?.toLowerCase());
  return classes.map((given) => {
    const byName = known.indexOf(given.toLowerCase());
    if (byName >= 0) return byName;
    if (/^\d+$/.test(given)) return Number(given);
    const advice =
      labels.length > 0 ? `Known classes: ${labels.slice(0, 20).join(", ")}.` : "Set the labels first.";
    throw new SurveillanceError("CONFIG_INVALID", `The model has no class "${given}".`, { advice });
  });
}

/** The 80 classes of COCO detection in their usual order (cocodataset.org, without the unused category ids). */
export const cocoNames: readonly string[] = (
  "person,bicycle,car,motorcycle,airplane,bus,train,truck,boat,traffic light,fire hydrant,stop sign,parking meter," +
  "bench,bird,cat,dog,horse,sheep,cow,elephant,bear,zebra,giraffe,backpack,umbrella,handbag,tie,suitcase,frisbee," +
  "skis,snowboard,sports ball,kite,baseball bat,baseball glove,skateboard,surfboard,tennis racket,bottle,wine glass," +
  "cup,fork,knife,spoon,bowl,banana,apple,sandwich,orange,broccoli,carrot,hot dog,pizza,donut,cake,chair,couch," +
  "potted plant,bed,dining table,toilet,tv,laptop,mouse,remote,keyboard,cell phone,microwave,oven,toaster,sink," +
  "refrigerator,book,clock,vase,scissors,teddy bear,hair drier,toothbrush"
).split(",");
