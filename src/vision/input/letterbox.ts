import type { ImageSize, PixelBox } from "../../media/frame";

/** The place of an image in a model's input. It follows the training and export code of the model. */
export type Placement = "centre" | "topLeft";

/** The mapping from image to input: pixels times `scale`, plus the border. */
export interface Letterbox {
  /** The image's size within the input, whole pixels. */
  width: number;
  height: number;
  /** The border to the left of the image and above it, whole pixels. */
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
 * Fits an image into the input and keeps its proportions. It rounds like LetterBox of Ultralytics and preproc of YOLOX,
 * so that a model sees the pixels it was trained on.
 */
export function letterbox(image: ImageSize, input: ImageSize, placement: Placement): Letterbox {
  const scale = Math.min(input.width / image.width, input.height / image.height);
  // A product that should be an integer may be slightly below it.
  const round = placement === "centre" ? Math.round : (value: number): number => Math.floor(value + 1e-6);
  const width = Math.max(1, round(image.width * scale));
  const height = Math.max(1, round(image.height * scale));
  // An odd remainder puts the smaller half first: round(x - 0.1) in LetterBox of Ultralytics.
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
 * Converts a box from the model's input to the image.
 *
 * @returns the box in pixels of the image, clipped to its edges; undefined if it is outside the image
 */
export function toImageBox(box: Corners, fit: Letterbox, image: ImageSize): PixelBox | undefined {
  const horizontal = (x: number): number => Math.min(Math.max((x - fit.left) / fit.scale, 0), image.width);
  const vertical = (y: number): number => Math.min(Math.max((y - fit.top) / fit.scale, 0), image.height);
  const [x, y] = [horizontal(box.x1), vertical(box.y1)];
  const [width, height] = [horizontal(box.x2) - x, vertical(box.y2) - y];
  // Also false for NaN, the result of an overflow in a model.
  return width > 0 && height > 0 ? { x, y, width, height } : undefined;
}
