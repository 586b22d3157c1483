import type { NodeMessageInFlow } from "node-red";
import { SurveillanceError } from "../../src/core/errors";
import type { ImageMark } from "../../src/vision/camera-watch";
import type { ImageSize } from "../../src/media/frame";

import { numberOption, textOption } from "../kit/options";

/** What the nodes behind a detector read of its message; each may be missing or of any type. */
export interface DetectionMessage extends NodeMessageInFlow {
  image?: unknown;
  frame?: Record<string, unknown>;
  detection?: Record<string, unknown>;
  channel?: unknown;
  zones?: unknown;
}

/**
 * The size of the image that the boxes belong to: what the detector saw, else what the frame says of itself.
 * @throws {SurveillanceError} CONFIG_INVALID when neither says it
 */
export function imageSizeOf({ detection, frame }: DetectionMessage): ImageSize {
  const read = (side: keyof ImageSize): number | undefined =>
    numberOption(`The image's ${side}`, detection?.[side] ?? frame?.[side], { min: 1 });
  const width = read("width");
  const height = read("height");
  if (width !== undefined && height !== undefined) return { width, height };
  throw new SurveillanceError("CONFIG_INVALID", "The message does not say how large its image is.", {
    advice: "msg.detection or msg.frame must hold width and height in pixels.",
  });
}

/** The name that a camera's state is kept by. */
export function cameraOf({ frame, topic }: DetectionMessage, fallback: string): string {
  return textOption(frame?.camera) ?? textOption(topic) ?? fallback;
}

/**
 * Which camera an image on its way to the detector is of: what its frame says, else the topic, else the channel of a
 * snapshot; empty where nothing says it.
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
