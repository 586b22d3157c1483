import type { NodeMessageInFlow } from "node-red";
import { SurveillanceError } from "../../src/core/errors";
import type { ImageMark } from "../../src/vision/camera-watch";
import type { ImageSize } from "../../src/media/frame";
import { numberOption, textOption } from "../kit/options";

/** The properties of a detector's message that the next nodes read. Each may be missing or of any type. */
export interface DetectionMessage extends NodeMessageInFlow {
  image?: unknown;
  frame?: Record<string, unknown>;
  detection?: Record<string, unknown>;
  channel?: unknown;
  zones?: unknown;
}

/**
 * Returns the size of the image that the boxes refer to: the detector's, or else the frame's.
 * @throws {SurveillanceError} CONFIG_INVALID if neither is given
 */
export function imageSizeOf({ detection, frame }: DetectionMessage): ImageSize {
  const read = (side: keyof ImageSize): number | undefined =>
    numberOption(`The ${side} of the image`, detection?.[side] ?? frame?.[side], { min: 1 });
  const width = read("width");
  const height = read("height");
  if (width !== undefined && height !== undefined) return { width, height };
  throw new SurveillanceError("CONFIG_INVALID", "The message does not contain the size of its image.", {
    advice: "Set width and height in pixels in msg.detection or msg.frame.",
  });
}

/** Returns the name under which a camera's state is kept. */
export function cameraOf({ frame, topic }: DetectionMessage, fallback: string): string {
  return textOption(frame?.camera) ?? textOption(topic) ?? fallback;
}

/**
 * Returns the camera of an image for the detector: from its frame, its topic, or the channel of a snapshot; empty if
 * there is none.
 */
export function imageSourceOf({ frame, topic, image }: Pick<DetectionMessage, "frame" | "topic" | "image">): {
  camera: string;
  mark: ImageMark;
} {
  const snapshot = (image ?? {}) as Record<string, unknown>;
  return {
    camera: textOption(frame?.camera) ?? textOption(topic) ?? textOption(snapshot.channel) ?? "",
    mark: frame ?? snapshot,
  };
}
