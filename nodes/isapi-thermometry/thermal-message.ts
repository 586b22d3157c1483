import { SurveillanceError } from "../../src/core/errors";
import { isFields } from "../../src/core/fields";
import type { Area } from "../../src/isapi/thermal/measure";
import { numberOption } from "../kit/options";

const part = { min: 0, max: 1 };

/**
 * What a message asks to be measured: `region` with x, y, width, height, or `point` with x, y, in parts of the picture.
 *
 * @throws {SurveillanceError} CONFIG_INVALID
 */
export function areaOf({ point, region }: { point?: unknown; region?: unknown }): Area | undefined {
  const given = region ?? point;
  if (given === undefined || given === null) return undefined;
  const read = (name: string): number => {
    const value = isFields(given) ? numberOption(name, given[name], part) : undefined;
    if (value !== undefined) return value;
    throw new SurveillanceError("CONFIG_INVALID", `${name} of what is to be measured is missing.`, {
      advice: 'Give msg.point as {"x": 0.5, "y": 0.5}, or msg.region with width and height, too.',
    });
  };
  const [x, y] = [read("x"), read("y")];
  return given === point ? { x, y } : { x, y, width: read("width"), height: read("height") };
}
