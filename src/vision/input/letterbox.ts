import type { ImageSize, PixelBox } from "../../media/frame";

/** How an image is fitted into a model's input: as the model's own training and export code does it. */
export type Placement = "centre" | "topLeft";

/** Image pixels times scale plus offset are input pixels. */
export interface Letterbox {
  /** The image's size within the input, whole pixels. */
  width: number;
  height: number;
  /** The border before the image, whole pixels. */
  left: number;
  top: number;
  scale: number;
}

/** A box in pixels of the model's input. */
export interface Corners {
  x1: number;
  y1: number;
  x2: number;
  y2: number;
}

/**
 * Fits an image into the input, keeping its proportions. The rounding is that of Ultralytics'
 * LetterBox and of YOLOX's preproc, so that a model sees the pixels it was trained on.
 */
export function letterbox(image: ImageSize, input: ImageSize, placement: Placement): Letterbox {
  const scale = Math.min(input.width / image.width, input.height / image.height);
  // A product that should be whole may come out a hair below it.
  const round = placement === "centre" ? Math.round : (value: number): number => Math.floor(value + 1e-6);
  const width = Math.max(1, round(image.width * scale));
  const height = Math.max(1, round(image.height * scale));
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
 * Takes a box from the model's input back to the image.
 *
 * @returns the box in pixels of the image, cut at its edges; undefined when nothing of it is in the image
 */
export function toImageBox(box: Corners, fit: Letterbox, image: ImageSize): PixelBox | undefined {
  const horizontal = (x: number): number => Math.min(Math.max((x - fit.left) / fit.scale, 0), image.width);
  const vertical = (y: number): number => Math.min(Math.max((y - fit.top) / fit.scale, 0), image.height);
  const [x, y] = [horizontal(box.x1), vertical(box.y1)];
  const [width, height] = [horizontal(box.x2) - x, vertical(box.y2) - y];
  // Also false for NaN, which a model's overflow gives.
  return width > 0 && height > 0 ? { x, y, width, height } : undefined;
}
