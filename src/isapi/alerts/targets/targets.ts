import type { EventTarget, NormalisedBox } from "../../../events";
import { readCaptures } from "./captures";
import { readDensity } from "./density";
import { readPlates } from "./plates";
import { readThermal } from "./thermal";
import { readBox, regionEntries } from "../../documents/image-regions";
import { definedFields, listOf, numberOf, textOf, type Fields } from "../../../core/fields";

/**
 * Returns the targets of an alert: people, vehicles, plates, faces, fires, temperatures. Devices use many different
 * fields.
 *
 * @param vendorType the alert's type, as the device sent it
 */
export function readTargets(alert: Fields, vendorType: string): EventTarget[] {
  for (const read of [readPlates, readCaptures, readFaces, readThermal, readDensity]) {
    const targets = read(alert, vendorType);
    if (targets.length > 0) return targets;
  }
  return [...readRegions(alert), ...readRecognised(alert)];
}

function readRegions(alert: Fields): EventTarget[] {
  const regions = regionEntries(alert);
  const common = textOf(alert, "detectionTarget", "targetType");
  const targets = regions.flatMap((region) => {
    const label = textOf(region, "detectionTarget", "targetType") ?? common;
    const box = readBox(region.TargetRect);
    return label === undefined && box === undefined ? [] : [target(label ?? "unknown", box)];
  });
  if (targets.length > 0) return targets;
  const box = readBox(alert.TargetRect);
  return common === undefined && box === undefined ? [] : [target(common ?? "unknown", box)];
}

/** Parses JSON results: `{ xyzResult: [{ Target: [{ recognitionType: "human", … }] }] }`. */
function readRecognised(alert: Fields): EventTarget[] {
  return Object.values(alert)
    .filter((value) => Array.isArray(value))
    .flatMap((value) => listOf(value))
    .flatMap((result) => listOf(result.Target))
    .flatMap((found) => {
      const label = textOf(found, "recognitionType", "targetType");
      return label === undefined ? [] : [target(label, readBox(found.TargetRect ?? found.targetRect))];
    });
}

function readFaces(alert: Fields): EventTarget[] {
  return [...listOf(alert.faceCapture), ...listOf(alert.alarmResult), ...listOf(alert.FaceContrastResult)]
    .flatMap((result) => listOf(result.faces))
    .map((face) => {
      const candidate = listOf(listOf(face.identify)[0]?.candidate)[0];
      const known = candidate?.reserve_field;
      const score = numberOf(candidate, "similarity");
      const id = textOf(candidate, "human_id") ?? textOf(face, "faceId", "id");
      const attributes = definedFields({
        name: textOf(known, "name") ?? textOf(candidate, "name"),
        gender: textOf(face.gender, "value"),
        ageGroup: textOf(face.age, "ageGroup"),
        glasses: textOf(face.glass, "value"),
        mask: textOf(face.mask, "value"),
      });
      return {
        ...target("face", readBox(face.faceRect)),
        ...(id === undefined ? {} : { id }),
        ...(score === undefined ? {} : { score: score > 1 ? Math.min(1, score / 100) : score }),
        ...(Object.keys(attributes).length === 0 ? {} : { attributes }),
      };
    });
}

function target(label: string, box: NormalisedBox | undefined): EventTarget {
  return { label: label.toLowerCase(), ...(box === undefined ? {} : { box }) };
}
