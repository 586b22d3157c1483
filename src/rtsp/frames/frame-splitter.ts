/** One whole picture out of ffmpeg's output. */
export interface EncodedFrame {
  /** A JPEG file, or raw RGB rows without padding. */
  data: Buffer;
  /** Pixels */
  width: number;
  /** Pixels */
  height: number;
}

/**
 * Takes pictures out of a byte stream, however it is cut into chunks. What is no picture is skipped up to the next
 * one; memory never exceeds one picture of the largest size.
 */
export interface FrameSplitter {
  push(chunk: Buffer): EncodedFrame[];
  /** Pictures given up so far: broken, too large, or unknown bytes between two pictures. */
  readonly discarded: number;
}

/** An 8K picture in RGB is 100 MB. */
export const MAX_FRAME_BYTES = 128 * 1024 * 1024;
