import type { PixelBox } from "../../media/frame";
import type { Candidate } from "../model/decode";
import type { InputSize } from "../model/layout";

/** How a picture is fitted into a model's input: as the model's own training and export code does it. */
export type Placement = "centre" | "topLeft";

/** Picture pixels times scale plus offset are input pixels. */
export interface Letterbox {
  /** The picture's size within the input, whole pixels. */
  width: number;
  height: number;
  /** The border before the picture, whole pixels. */
  left: number;
  top: number;
  scale: number;
}

/**
 * Fits a picture into the input, keeping its proportions. The rounding is that of Ultralytics'
 * LetterBox and of YOLOX's preproc, so that a model sees the pixels it was trained on.
 */
export function letterbox(picture: InputSize, input: InputSize, placement: Placement): Letterbox {
  const scale = Math.min(input.width / picture.width, input.height / picture.height);
  // A product that should be whole may come out a hair below it.
  const round = placement === "centre" ? Math.round : (value: number): number => Math.floor(value + 1e-6);
  const width = Math.max(1, round(picture.width * scale));
  const height = Math.max(1, round(picture.height * scale));
  // An odd remainder leaves the smaller half in front: round(x - 0.1) in Ultralytics' LetterBox.
  const before = (rest: number): number => (placement === "centre" ? Math.floor(rest / 2) : 0);
  return {
    width,
    height,
    left: before(input.width - width),
    top: before(input.height - height),
    scale,
  };
}

/**
 * Takes a box from the model's input back to the picture.
 *
 * @returns the box in pixels of the picture, cut at its edges; undefined when nothing of it is in the picture
 */
export function toPicture(box: Candidate, fit: Letterbox, picture: InputSize): PixelBox | undefined {
  const horizontal = (x: number): number => Math.min(Math.max((x - fit.left) / fit.scale, 0), picture.width);
  const vertical = (y: number): number => Math.min(Math.max((y - fit.top) / fit.scale, 0), picture.height);
  const [x, y] = [horizontal(box.x1), vertical(box.y1)];
  const [width, height] = [horizontal(box.x2) - x, vertical(box.y2) - y];
  // Also false for NaN, which a model's overflow gives.
  return width > 0 && height > 0 ? { x, y, width, height } : undefined;
}
