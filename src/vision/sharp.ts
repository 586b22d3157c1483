import type * as sharpModule from "sharp";
import { SurveillanceError } from "../core/errors";
import type { AnyImage } from "../media/frame";
import { imageType, type ImageType } from "../media/sniff";

export type Sharp = sharpModule.Sharp;

/** The largest cameras have 32 megapixels. A file that claims far more could fill the memory. */
const MAX_PIXELS = 64_000_000;

/**
 * Returns the MIME type of an image. Other formats that sharp reads are refused, because SVG can open files.
 * @throws {SurveillanceError} IMAGE_INVALID if the bytes do not begin like a JPEG, PNG or WebP file
 */
export function mimeTypeOf(bytes: Buffer): ImageType {
  const type = imageType(bytes);
  if (type !== undefined) return type;
  throw new SurveillanceError("IMAGE_INVALID", "The image is not a JPEG, PNG or WebP file.", {
    advice: "Raw RGB needs a msg.frame with format, width and height.",
  });
}

/**
 * Opens an image with sharp. The package is optional, so it is loaded with the first image. The EXIF orientation is
 * applied, so width, height and boxes refer to the image as displayed. Slightly damaged JPEGs, which cameras do send,
 * are accepted. Truncated ones are not.
 *
 * @throws {SurveillanceError} DEPENDENCY_MISSING if sharp cannot be loaded; IMAGE_INVALID for another format, and for
 * raw data that do not have the given size. Broken files fail when their pixels are read: see {@link readPixels}.
 */
export async function openImage(image: AnyImage): Promise<Sharp> {
  const limits = { limitInputPixels: MAX_PIXELS, failOn: "error" } as const;
  if (Buffer.isBuffer(image)) {
    mimeTypeOf(image);
    const { default: sharp } = await loadSharp();
    return sharp(image, limits).autoOrient();
  }
  const { data, width, height, channels } = image;
  if (!isChannels(channels) || data.length === 0 || data.length !== width * height * channels) {
    throw new SurveillanceError(
      "IMAGE_INVALID",
      `A raw image of ${width} x ${height} pixels and ${channels} channels cannot have ${data.length} bytes.`,
      { advice: "msg.frame must describe the RGB image of the same message." },
    );
  }
  const { default: sharp } = await loadSharp();
  return sharp(data, { ...limits, raw: { width, height, channels } });
}

/** Grey, RGB, RGB with alpha */
function isChannels(channels: number): channels is 1 | 3 | 4 {
  return [1, 3, 4].includes(channels);
}

/**
 * Awaits an operation that reads an image's pixels.
 * @throws {SurveillanceError} IMAGE_INVALID for any error of sharp
 */
export async function readPixels<Result>(reading: Promise<Result>): Promise<Result> {
  try {
    return await reading;
  } catch (cause) {
    throw new SurveillanceError(
      "IMAGE_INVALID",
      `The image cannot be decoded: ${(cause as Error).message}.`,
      { cause, advice: "Send a complete JPEG, PNG or WebP file, or raw RGB with its msg.frame." },
    );
  }
}

async function loadSharp(): Promise<typeof sharpModule> {
  try {
    return await import("sharp");
  } catch (cause) {
    throw new SurveillanceError(
      "DEPENDENCY_MISSING",
      "The package sharp, which decodes images, is missing.",
      {
        cause,
        advice: 'Run "npm install sharp" in the Node-RED user directory. There is no build for 32-bit ARM.',
      },
    );
  }
}
