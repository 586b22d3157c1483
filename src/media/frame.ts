/** The images in a flow, from the video source to the vision nodes. */

export type FrameFormat = "jpeg" | "rgb";

/** `msg.frame`: the properties of the image in `msg.payload`. */
export interface FrameInfo {
  /** Counts the frames from 0 since the start of the stream; a gap means dropped frames. */
  index: number;
  /** ISO 8601 with offset: the best estimate of the time at which the camera took the image. */
  time: string;
  /** Pixels */
  width: number;
  /** Pixels */
  height: number;
  format: FrameFormat;
  /** Bytes per pixel of a raw frame (3 for `rgb`); also 3 for `jpeg`. */
  channels: number;
  /** The name of the camera, without credentials: the key of state per camera. */
  camera: string;
}

/** Pixels */
export interface ImageSize {
  width: number;
  height: number;
}

/** One whole frame of a stream. */
export interface EncodedFrame extends ImageSize {
  /** A JPEG file, or raw RGB rows without padding. */
  data: Buffer;
}

/** An 8K image in RGB is 100 MB. */
export const MAX_FRAME_BYTES = 128 * 1024 * 1024;

/** In pixels of the image, origin at the top left. */
export interface PixelBox {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** One object in an image: an element of the payload of yolo-detect. */
export interface Detection {
  label: string;
  /** Missing if an inference server returned only the label. */
  classId?: number;
  /** 0..1 */
  score: number;
  box: PixelBox;
}

/** Uncompressed RGB, 8 bits a channel, rows without padding. */
export interface RawImage {
  data: Buffer;
  width: number;
  height: number;
  channels: number;
}

/** The images that the vision code accepts: encoded bytes (JPEG, PNG, WebP), or raw RGB with its size. */
export type AnyImage = Buffer | RawImage;
