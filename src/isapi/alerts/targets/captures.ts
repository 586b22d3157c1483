import type { EventTarget } from "../../../events";
import { NO_PLATE } from "./plates";
import { readBox } from "../../documents/image-regions";
import { isFields, listOf, textOf, type Fields } from "../../../core/fields";

/** The fields of a result that contain captured targets. Devices use different upper and lower case. */
const CAPTURED = /^(human|face|vehicle|nonmotor)$/i;
const PLATE_FIELDS = ["licensePlate", "plateNo", "plateNumber", "licensePlateNumber", "plate"];

/**
 * Returns the people, faces, vehicles and bicycles of a mixed-target report. Each result contains one or more of them
 * in the field of their kind, with a rectangle. The plate is a field of the vehicle or in its list of properties.
 */
export function readCaptures(alert: Fields): EventTarget[] {
  return listOf(alert.CaptureResult).flatMap((result) => {
    const id = textOf(result, "targetID");
    return Object.entries(result)
      .filter(([name]) => CAPTURED.test(name))
      .flatMap(([name, found]) => listOf(found).map((each) => readCapture(name.toLowerCase(), each, id)));
  });
}

function readCapture(label: string, found: Fields, resultId: string | undefined): EventTarget {
  const box = readBox(found.Rect ?? found.rect ?? found.TargetRect ?? found[`${label}Rect`]);
  const properties = new Map(
    listOf(found.Property).flatMap((property) => {
      const [name, value] = [textOf(property, "description"), textOf(property, "value")];
      return name === undefined || value === undefined ? [] : [[name, value] as const];
    }),
  );
  const inside = isFields(found.PlateInfo) ? found.PlateInfo : found;
  const plate =
    textOf(inside, ...PLATE_FIELDS) ?? PLATE_FIELDS.map((name) => properties.get(name)).find(Boolean);
  // A field __proto__ would set the prototype of a copy.
  for (const name of [...PLATE_FIELDS, "__proto__"]) properties.delete(name);
  const id = textOf(found, "targetID") ?? resultId;
  return {
    label,
    ...(id === undefined ? {} : { id }),
    ...(box === undefined ? {} : { box }),
    ...(plate === undefined || NO_PLATE.test(plate) ? {} : { plate }),
    ...(properties.size === 0 ? {} : { attributes: Object.fromEntries(properties) }),
  };
}
