import { clampBox, type EventTarget, type NormalisedBox } from "../events";
import { isFields, listOf, numberOf, textOf, type Fields } from "./record";

/** What an alert is about: people, vehicles, plates, faces. Devices put it in many places. */
export function readTargets(alert: Fields): EventTarget[] {
  const plates = readPlates(alert);
  if (plates.length > 0) return plates;
  const faces = readFaces(alert);
  if (faces.length > 0) return faces;
  return [...readRegions(alert), ...readRecognised(alert)];
}

function readRegions(alert: Fields): EventTarget[] {
  const list = alert.DetectionRegionList;
  const regions = listOf(isFields(list) ? (list.DetectionRegionEntry ?? list) : list);
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

/** JSON results: `{ xyzResult: [{ Target: [{ recognitionType: "human", … }] }] }`. */
function readRecognised(alert: Fields): EventTarget[] {
  return Object.values(alert)
    .flatMap((value) => (Array.isArray(value) ? listOf(value) : []))
    .flatMap((result) => listOf(result.Target))
    .flatMap((found) => {
      const label = textOf(found, "recognitionType", "targetType");
      return label === undefined ? [] : [target(label, readBox(found.TargetRect ?? found.targetRect))];
    });
}

function readPlates(alert: Fields): EventTarget[] {
  return listOf(alert.ANPR ?? alert.anpr ?? (alert.licensePlate === undefined ? [] : alert)).map((anpr) => {
    const plate = textOf(anpr, "licensePlate", "originalLicensePlate");
    const score = numberOf(anpr, "confidenceLevel");
    const box = readBox(anpr.plateRect ?? anpr.PlateRect ?? anpr.vehicleRect);
    const vehicle = isFields(anpr.vehicleInfo) ? anpr.vehicleInfo : {};
    const attributes = present({
      plateColor: textOf(anpr, "plateColor"),
      plateType: textOf(anpr, "plateType"),
      country: textOf(anpr, "country"),
      direction: textOf(anpr, "direction"),
      lane: textOf(anpr, "line", "laneNo"),
      vehicleType: textOf(anpr, "vehicleType") ?? textOf(vehicle, "vehicleType"),
      vehicleColor: textOf(vehicle, "color"),
      list: textOf(anpr, "vehicleListName"),
    });
    return {
      ...target("vehicle", box),
      // What a camera writes where it could read none.
      ...(plate === undefined || /^(unknown|no ?plate)$/i.test(plate) ? {} : { plate }),
      ...(score === undefined ? {} : { score: Math.min(1, score / 100) }),
      ...(Object.keys(attributes).length === 0 ? {} : { attributes }),
    };
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
      const attributes = present({
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

/** In 0..1 at some devices, 0..1000 at others. */
function readBox(rect: unknown): NormalisedBox | undefined {
  const [x, y] = [numberOf(rect, "X", "x"), numberOf(rect, "Y", "y")];
  const [width, height] = [numberOf(rect, "width"), numberOf(rect, "height")];
  if (x === undefined || y === undefined || !width || !height) return undefined;
  const scale = Math.max(x, y, width, height) > 1 ? 1000 : 1;
  return clampBox({ x: x / scale, y: y / scale, width: width / scale, height: height / scale });
}

function present(attributes: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(attributes).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
