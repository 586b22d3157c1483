import { SurveillanceError } from "../../core/errors";
import type { ThermalImage } from "./image";
import type { Point } from "./readings";
import { rounded } from "./temperature";

/** A part of the image, in 0..1 of its width and height. */
export type Area = { x: number; y: number; width: number; height: number } | Point;

export interface Measurement {
  /** °C; of the point, or the highest, lowest and average of the rectangle. */
  temperatures: { temperature: number } | { max: number; min: number; average: number; difference: number };
  highestPoint?: Point;
  lowestPoint?: Point;
}

/**
 * Returns the temperatures of a point or a rectangle of an image.
 *
 * @throws {SurveillanceError} CONFIG_INVALID outside the image, ISAPI_REPLY without a measurement there
 */
export function measure(image: ThermalImage, area: Area): Measurement {
  const { width, height, temperatures } = image;
  const box = "width" in area ? area : { ...area, width: 0, height: 0 };
  const fits = [box.x, box.y, box.x + box.width, box.y + box.height].every(
    (value) => value >= 0 && value <= 1 + 1e-9,
  );
  if (!fits || box.width < 0 || box.height < 0) {
    throw new SurveillanceError("CONFIG_INVALID", "The point or region is outside the image.", {
      advice: "Set x, y, width and height as fractions of the image, from 0 to 1.",
    });
  }
  const column = (x: number): number => Math.min(width - 1, Math.floor(x * width));
  const row = (y: number): number => Math.min(height - 1, Math.floor(y * height));
  const last = (from: number, to: number, size: number): number =>
    Math.max(from, Math.ceil(to * size - 1e-6) - 1);
  const [left, top] = [column(box.x), row(box.y)];
  const [right, bottom] = [last(left, box.x + box.width, width), last(top, box.y + box.height, height)];
  let [max, min, sum, count, highest, lowest] = [-Infinity, Infinity, 0, 0, 0, 0];
  for (let y = top; y <= bottom; y += 1) {
    for (let x = left; x <= right; x += 1) {
      const at = y * width + x;
      const value = temperatures[at] ?? Number.NaN;
      if (!Number.isFinite(value)) continue;
      if (value > max) [max, highest] = [value, at];
      if (value < min) [min, lowest] = [value, at];
      sum += value;
      count += 1;
    }
  }
  if (count === 0)
    throw new SurveillanceError(
      "ISAPI_REPLY",
      "The device returned no measurement for this point or region.",
    );
  if (!("width" in area)) return { temperatures: { temperature: rounded(max) } };
  const place = (at: number): Point => ({
    x: ((at % width) + 0.5) / width,
    y: (Math.floor(at / width) + 0.5) / height,
  });
  return {
    temperatures: {
      max: rounded(max),
      min: rounded(min),
      average: rounded(sum / count),
      difference: rounded(max - min),
    },
    highestPoint: place(highest),
    lowestPoint: place(lowest),
  };
}
