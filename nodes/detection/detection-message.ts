import type { NodeMessageInFlow } from "node-red";
import { SurveillanceError } from "../../src/core/errors";
import type { PictureMark } from "../../src/vision/camera-watch";
import type { PictureSize } from "../../src/vision/rules/sightings";
import { numberOption, textOption } from "../kit/options";

/** What the nodes behind a detector read of its message; all of it may be missing or of any type. */
export interface DetectionMessage extends NodeMessageInFlow {
  image?: unknown;
  frame?: Record<string, unknown>;
  detection?: Record<string, unknown>;
  channel?: unknown;
  zones?: unknown;
}

/**
 * The size of the picture that the boxes belong to: what the detector saw, else what the frame says of itself.
 * @throws {SurveillanceError} CONFIG_INVALID when neither says it
 */
export function pictureSizeOf({ detection, frame }: DetectionMessage): PictureSize {
  const read = (side: keyof PictureSize): number | undefined =>
    numberOption(`The picture's ${side}`, detection?.[side] ?? frame?.[side], { min: 1 });
  const width = read("width");
  const height = read("height");
  if (width !== undefined && height !== undefined) return { width, height };
  throw new SurveillanceError("CONFIG_INVALID", "The message does not say how large its picture is.", {
    advice: "msg.detection or msg.frame must hold width and height in pixels.",
  });
}

/** The name that a camera's state is kept by. */
export function cameraOf({ frame, topic }: DetectionMessage, fallback: string): string {
  return textOption(frame?.camera) ?? textOption(topic) ?? fallback;
}

/**
 * Which camera a picture on its way to the detector is of: what its frame says, else the topic, else the channel of a
 * snapshot; empty where nothing says it.
 */
export function pictureSourceOf({
  frame,
  topic,
  image,
}: Pick<DetectionMessage, "frame" | "topic" | "image">): { camera: string; mark: PictureMark } {
  const snapshot = (image ?? {}) as Record<string, unknown>;
  return {
    camera: textOption(frame?.camera) ?? textOption(topic) ?? textOption(snapshot.channel) ?? "",
    mark: frame ?? snapshot,
  };
}
