import type { EventTarget, NormalisedBox } from "../../../events";
import { kindOf } from "../announced-images";
import { readBox } from "../../documents/image-regions";
import { definedFields, isFields, listOf, numberOf, textOf, type Fields } from "../../../core/fields";

/** What a camera sends if it cannot read the plate. */
export const NO_PLATE = /^(unknown|no ?plate)$/i;
/** The names of lists. They depend on the firmware and on users. */
const listTypes: readonly (readonly [RegExp, "allow" | "block"])[] = [
  [/^(allow|white) ?list$/i, "allow"],
  [/^(block|black) ?list$/i, "block"],
];

/** Returns the vehicles of a plate alert. Plates are text; counts and measurements are numbers. */
export function readPlates(alert: Fields): EventTarget[] {
  return listOf(alert.ANPR ?? alert.anpr ?? (alert.licensePlate === undefined ? [] : alert)).map(readPlate);
}

function readPlate(anpr: Fields): EventTarget {
  const plate = textOf(anpr, "licensePlate", "originalLicensePlate");
  const score = numberOf(anpr, "confidenceLevel");
  const scene = overviewOf(anpr);
  const vehicleBox =
    rectOf(anpr, "vehicleRect", "vehicelRect") ?? rectOf(scene, "vehicelRect", "vehicleRect");
  const plateBox = rectOf(anpr, "plateRect", "PlateRect") ?? rectOf(scene, "plateRect");
  const box = plateBox ?? vehicleBox;
  const attributes = readVehicle(anpr, plateBox === undefined ? undefined : { vehicleBox });
  return {
    label: "vehicle",
    ...(box === undefined ? {} : { box }),
    ...(plate === undefined || NO_PLATE.test(plate) ? {} : { plate }),
    ...(score === undefined ? {} : { score: Math.min(1, Math.max(0, score / 100)) }),
    ...(Object.keys(attributes).length === 0 ? {} : { attributes }),
  };
}

function readVehicle(anpr: Fields, boxes: Fields | undefined): Fields {
  const vehicle = isFields(anpr.vehicleInfo) ? anpr.vehicleInfo : {};
  const list = textOf(anpr, "vehicleListName");
  return definedFields({
    plateColor: textOf(anpr, "plateColor"),
    plateType: textOf(anpr, "plateType"),
    country: textOf(anpr, "country"),
    plateRegion: textOf(anpr, "region", "area", "province"),
    direction: textOf(anpr, "direction"),
    lane: textOf(anpr, "line", "laneNo"),
    vehicleType: textOf(anpr, "vehicleType") ?? textOf(vehicle, "vehicleType"),
    vehicleColor: textOf(vehicle, "color"),
    // Both in km/h.
    speed: atLeastZero(numberOf(vehicle, "speed") ?? numberOf(anpr, "speed")),
    speedLimit: atLeastZero(numberOf(anpr, "speedLimit")),
    list,
    listType: listTypes.find(([pattern]) => pattern.test(list?.trim() ?? ""))?.[1],
    characterScores: characterScores(anpr),
    ...boxes,
  });
}

/** Returns the entry of the overview image with its rectangles. The rectangles of a crop do not apply to the scene. */
function overviewOf(anpr: Fields): Fields {
  const list = anpr.pictureInfoList;
  const scene = listOf(isFields(list) ? list.pictureInfo : list).find(
    (image) =>
      (image.plateRect !== undefined || image.vehicelRect !== undefined) &&
      kindOf(textOf(image, "type", "fileName") ?? "") === "overview",
  );
  return scene ?? {};
}

/** Returns the first valid rectangle of the named fields. "vehicelRect" is the spelling of the firmware. */
function rectOf(fields: Fields, ...names: string[]): NormalisedBox | undefined {
  return names.map((name) => readBox(fields[name])).find((box) => box !== undefined);
}

/** Parses the confidence of each character of the plate, such as `99,98,61`. */
function characterScores(anpr: Fields): number[] | undefined {
  const text = textOf(anpr, "plateCharBelieve") ?? "";
  return /^\d{1,3}(,\d{1,3})*,?$/.test(text)
    ? text
        .split(",")
        .filter((part) => part !== "")
        .map((part) => Math.min(1, Number(part) / 100))
    : undefined;
}

function atLeastZero(value: number | undefined): number | undefined {
  return value !== undefined && value >= 0 ? value : undefined;
}
