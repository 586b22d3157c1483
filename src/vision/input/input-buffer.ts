import type { ImageSize, RawImage } from "../../media/frame";
import { toHalf } from "../float16";
import type { InputTensor } from "../onnx/tensor";
import type { Letterbox, Placement } from "./letterbox";

/** The format of a model's input images. It follows the training code of each family. */
export interface InputStyle {
  order: "rgb" | "bgr";
  /** 0..1 or 0..255 */
  range: "unit" | "byte";
  /** The border's grey, 0..255 */
  pad: number;
  placement: Placement;
}

export type InputType = "float32" | "float16" | "uint8";
type InputArray = Float32Array | Uint16Array | Uint8Array;

/**
 * The input tensor of a model (1, 3, height, width). It is reused for every image, because allocating 5 MB per frame
 * makes the memory grow under load. A lookup table converts the bytes, so float16 is as fast as float32.
 */
export class InputBuffer {
  readonly data: InputArray;
  readonly #type: InputType;
  readonly #size: ImageSize;
  readonly #values: InputArray;
  readonly #style: InputStyle;
  #border = "";

  constructor(type: InputType, size: ImageSize, style: InputStyle) {
    this.#type = type;
    this.#size = size;
    this.#style = style;
    this.data = allocate(type, 3 * size.width * size.height);
    this.#values = allocate(type, 256);
    for (let byte = 0; byte < 256; byte++) {
      const value = style.range === "unit" && type !== "uint8" ? byte / 255 : byte;
      this.#values[byte] = type === "float16" ? toHalf(value) : value;
    }
  }

  /** The input of the next run, with the last image. */
  get tensor(): InputTensor {
    return { type: this.#type, dims: [1, 3, this.#size.height, this.#size.width], data: this.data };
  }

  /**
   * Writes an image to its place in the letterbox. An image of another size is resampled bilinearly without smoothing,
   * like cv2.INTER_LINEAR: the models were trained and measured with it.
   */
  fill(image: RawImage, fit: Letterbox): void {
    this.#fillBorder(fit);
    if (image.width === fit.width && image.height === fit.height) this.#copy(image, fit);
    else this.#resample(image, fit);
  }

  /** Fills the border. It stays unchanged until an image with another shape arrives. */
  #fillBorder({ left, top, width, height }: Letterbox): void {
    const border = `${left},${top},${width},${height}`;
    if (border === this.#border) return;
    this.data.fill(this.#values[this.#style.pad] ?? 0);
    this.#border = border;
  }

  /** Returns the image's channel for each plane of the tensor. The only channel of a grey image fills all three. */
  #channels(count: number): number[] {
    const colours = count >= 3 ? [0, 1, 2] : [0, 0, 0];
    return this.#style.order === "rgb" ? colours : colours.toReversed();
  }

  #copy({ data: pixels, channels, width, height }: RawImage, { left, top }: Letterbox): void {
    const { data: target } = this;
    const values = this.#values;
    const plane = this.#size.width * this.#size.height;
    const [first = 0, second = 0, third = 0] = this.#channels(channels);
    for (let y = 0, from = 0; y < height; y++) {
      let to = (top + y) * this.#size.width + left;
      for (let x = 0; x < width; x++, from += channels, to++) {
        target[to] = values[pixels[from + first] ?? 0] ?? 0;
        target[to + plane] = values[pixels[from + second] ?? 0] ?? 0;
        target[to + 2 * plane] = values[pixels[from + third] ?? 0] ?? 0;
      }
    }
  }

  #resample({ data: pixels, channels, width, height }: RawImage, fit: Letterbox): void {
    const { data: target } = this;
    const values = this.#values;
    const columns = taps(width, fit.width, channels);
    const rows = taps(height, fit.height, width * channels);
    for (const [index, channel] of this.#channels(channels).entries()) {
      for (let y = 0; y < fit.height; y++) {
        const above = (rows.near[y] ?? 0) + channel;
        const below = (rows.far[y] ?? 0) + channel;
        const down = rows.weight[y] ?? 0;
        let to = (index * this.#size.height + fit.top + y) * this.#size.width + fit.left;
        for (let x = 0; x < fit.width; x++, to++) {
          const near = columns.near[x] ?? 0;
          const far = columns.far[x] ?? 0;
          const across = columns.weight[x] ?? 0;
          const upper = (pixels[above + near] ?? 0) * (ONE - across) + (pixels[above + far] ?? 0) * across;
          const lower = (pixels[below + near] ?? 0) * (ONE - across) + (pixels[below + far] ?? 0) * across;
          target[to] = values[(upper * (ONE - down) + lower * down + HALF) >> 16] ?? 0;
        }
      }
    }
  }
}

/** Weights are integers in 1/256: OpenCV uses integer arithmetic for 8-bit images. */
const ONE = 256;
const HALF = 1 << 15;

/**
 * Returns, for each pixel of the result, the offsets of the two source pixels around its centre, and the weight of the
 * second one.
 */
function taps(
  from: number,
  to: number,
  step: number,
): { near: Int32Array; far: Int32Array; weight: Int32Array } {
  const near = new Int32Array(to);
  const far = new Int32Array(to);
  const weight = new Int32Array(to);
  for (let index = 0; index < to; index++) {
    const centre = Math.min(Math.max(((index + 0.5) * from) / to - 0.5, 0), from - 1);
    const before = Math.floor(centre);
    near[index] = before * step;
    far[index] = Math.min(before + 1, from - 1) * step;
    weight[index] = Math.round((centre - before) * ONE);
  }
  return { near, far, weight };
}

function allocate(type: InputType, length: number): InputArray {
  if (type === "float32") return new Float32Array(length);
  return type === "float16" ? new Uint16Array(length) : new Uint8Array(length);
}
