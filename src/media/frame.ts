/** Images as they travel through a flow: what the video source makes and the vision nodes take. */

export type FrameFormat = "jpeg" | "rgb";

/** `msg.frame`: what is known of the image in `msg.payload`. */
export interface FrameInfo {
  /** Counts up from 0 since the stream was started; a gap means frames were dropped. */
  index: number;
  /** ISO 8601 with offset: when the image was taken, as well as it can be known. */
  time: string;
  /** Pixels */
  width: number;
  /** Pixels */
  height: number;
  format: FrameFormat;
  /** Bytes per pixel of a raw frame (3 for `rgb`); 3 for `jpeg`, too. */
  channels: number;
  /** A name for the camera without credentials; what per-camera state is kept by. */
  camera: string;
}

/** Pixels */
export interface ImageSize {
  width: number;
  height: number;
}

/** One whole image out of a stream. */
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

/** One found object: an element of yolo-detect's payload. */
export interface Detection {
  label: string;
  classId: number;
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

/** An image as the vision code takes it: encoded bytes (JPEG, PNG, WebP) or raw RGB with its size. */
export type AnyImage = Buffer | RawImage;
