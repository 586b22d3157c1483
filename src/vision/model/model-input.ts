/** How an image becomes the inputs of one run. */
import type { AnyImage, ImageSize, PixelBox } from "../../media/frame";
import { InputBuffer, type InputStyle, type InputType } from "../input/input-buffer";
import { encodeJpeg } from "../input/jpeg";
import { letterbox, toImageBox, type Corners } from "../input/letterbox";
import { readImage } from "../input/read-image";
import type { ImageFit } from "../model-types";
import type { InputTensor } from "../onnx/tensor";

/** An image that is ready for a run. */
export interface PreparedImage {
  /** The size of the image as displayed. */
  size: ImageSize;
  tensor: InputTensor;
  /** Converts a box of the model's output to the image; undefined if it is outside. */
  toBox: (corners: Corners) => PixelBox | undefined;
  /** Ends the use of the tensor. Another image may overwrite it. */
  release: () => void;
}

export interface ModelInput {
  /** @throws {SurveillanceError} IMAGE_INVALID, DEPENDENCY_MISSING */
  prepare(image: AnyImage): Promise<PreparedImage>;
}

/**
 * Images as tensors of pixels. The buffers are reused: there are as many as images in progress at the same time, one if
 * the model runs here.
 */
export class TensorInput implements ModelInput {
  readonly #free: InputBuffer[] = [];
  readonly #type: InputType;
  readonly #size: ImageSize;
  readonly #style: InputStyle;

  constructor(type: InputType, size: ImageSize, style: InputStyle) {
    this.#type = type;
    this.#size = size;
    this.#style = style;
  }

  async prepare(image: AnyImage): Promise<PreparedImage> {
    const { size, fit, pixels } = await readImage(image, this.#size, this.#style.placement);
    const buffer = this.#free.pop() ?? new InputBuffer(this.#type, this.#size, this.#style);
    buffer.fill(pixels, fit);
    return {
      size: { width: size.width, height: size.height },
      tensor: buffer.tensor,
      toBox: (corners) => toImageBox(corners, fit, size),
      release: () => this.#free.push(buffer),
    };
  }
}

/** Images as JPEG files, which the server decodes and fits into the model's input. */
export class JpegInput implements ModelInput {
  readonly #dims: readonly number[];
  readonly #size: ImageSize;
  readonly #fit: ImageFit;

  /**
   * @param dims of the tensor: all 1
   * @param size of the image that the model receives at the server
   */
  constructor(dims: readonly number[], size: ImageSize, fit: ImageFit) {
    this.#dims = dims;
    this.#size = size;
    this.#fit = fit;
  }

  async prepare(image: AnyImage): Promise<PreparedImage> {
    const { data, size } = await encodeJpeg(image);
    return {
      size,
      tensor: { type: "bytes", dims: this.#dims, data },
      toBox: (corners) => this.#toBox(corners, size),
      release: () => undefined,
    };
  }

  #toBox(corners: Corners, image: ImageSize): PixelBox | undefined {
    if (this.#fit === "letterbox") return toImageBox(corners, letterbox(image, this.#size, "centre"), image);
    const from = this.#fit === "stretch" ? this.#size : image;
    const across = image.width / from.width;
    const down = image.height / from.height;
    const { x1, y1, x2, y2 } = corners;
    const scaled = { x1: x1 * across, y1: y1 * down, x2: x2 * across, y2: y2 * down };
    return toImageBox(scaled, letterbox(image, image, "topLeft"), image);
  }
}
