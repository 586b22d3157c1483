import type * as sharpModule from "sharp";
import { SurveillanceError } from "../core/errors";
import type { Picture } from "../media/frame";
import { imageType, type ImageType } from "../media/sniff";

export type Sharp = sharpModule.Sharp;

/** The largest cameras make 32 megapixels; a file that claims far more would only fill the memory. */
const MAX_PIXELS = 64_000_000;

/**
 * What an image is. sharp could read more than the kinds we know, among them SVG, which opens files.
 * @throws {SurveillanceError} IMAGE_INVALID when the bytes do not begin like a JPEG, PNG or WebP file
 */
export function mimeTypeOf(bytes: Buffer): ImageType {
  const type = imageType(bytes);
  if (type !== undefined) return type;
  throw new SurveillanceError("IMAGE_INVALID", "The picture is no JPEG, PNG or WebP file.", {
    advice: "Raw RGB needs a msg.frame that gives its format, width and height.",
  });
}

/**
 * Opens a picture with sharp, an optional package: loaded with the first picture. What the camera only noted about its
 * orientation (EXIF) is applied, so that width, height and boxes are those of the picture as displayed. Slightly damaged
 * JPEGs, as cameras do send, are read; truncated ones are not.
 *
 * @throws {SurveillanceError} DEPENDENCY_MISSING where sharp cannot be loaded; IMAGE_INVALID for bytes of another kind
 * and when raw data do not have the size they are said to have. Broken files fail when their pixels are read: see
 * {@link readPixels}.
 */
export async function openPicture(picture: Picture): Promise<Sharp> {
  const limits = { limitInputPixels: MAX_PIXELS, failOn: "error" } as const;
  if (Buffer.isBuffer(picture)) {
    mimeTypeOf(picture);
    const { default: sharp } = await loadSharp();
    return sharp(picture, limits).autoOrient();
  }
  const { data, width, height, channels } = picture;
  if (!isChannels(channels) || data.length === 0 || data.length !== width * height * channels) {
    throw new SurveillanceError(
      "IMAGE_INVALID",
      `A raw picture of ${width} x ${height} pixels and ${channels} channels cannot have ${data.length} bytes.`,
      { advice: "msg.frame must describe the RGB picture that comes with it." },
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
 * Does something that reads a picture's pixels.
 * @throws {SurveillanceError} IMAGE_INVALID for whatever sharp rejects it with
 */
export async function readPixels<Result>(reading: Promise<Result>): Promise<Result> {
  try {
    return await reading;
  } catch (cause) {
    throw new SurveillanceError(
      "IMAGE_INVALID",
      `The picture cannot be decoded: ${(cause as Error).message}.`,
      { cause, advice: "It must be a complete JPEG, PNG or WebP file, or raw RGB with its msg.frame." },
    );
  }
}

async function loadSharp(): Promise<typeof sharpModule> {
  try {
    return await import("sharp");
  } catch (cause) {
    throw new SurveillanceError(
      "DEPENDENCY_MISSING",
      "The package sharp, which reads pictures, is missing.",
      {
        cause,
        advice:
          "Run `npm install sharp` in the Node-RED user directory; there is no build of it for 32-bit ARM.",
      },
    );
  }
}
