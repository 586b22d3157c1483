/** Reads the end and the size of a JPEG without decoding it. Source: ITU-T T.81, annex B. */

import type { ImageSize } from "./frame";
import { imageType } from "./sniff";

const MARKER = 0xff;
const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const TEM = 0x01;
/** Every JPEG begins with FF D8. */
const SOI_BYTES = 2;
/** A frame header holds the precision (1), height (2) and width (2) after its length. */
const SOF_BYTES = 5;
/** Some cameras pad an image after its end marker. */
const PADDING_BYTES = 16;

type State =
  /** At the FF of a marker. */
  | "marker"
  /** After that FF; further FFs are fill bytes. */
  | "code"
  /** Within the two length bytes of a segment. */
  | "length"
  | "segment"
  /** Entropy-coded data: ends at a marker that is neither stuffing nor a restart. */
  | "scan"
  | "scanCode"
  /** After the end marker. */
  | "complete"
  | "damaged";

/**
 * Reads the markers of one JPEG, in chunks of any size, and each byte once. An end marker inside a segment, for example
 * of an embedded thumbnail, does not end the image.
 */
export class JpegWalker {
  #state: State = "marker";
  #code = 0;
  #length: number[] = [];
  /** Bytes of the segment that are still to come. */
  #left = 0;
  #frameHeader: number[] = [];

  /** The end of the image; undefined while more bytes belong to it. */
  get ending(): "complete" | "damaged" | undefined {
    return this.#state === "complete" || this.#state === "damaged" ? this.#state : undefined;
  }

  /** The size of the image; undefined until the frame header is read. */
  get size(): ImageSize | undefined {
    const [, height1 = 0, height0 = 0, width1 = 0, width0 = 0] = this.#frameHeader;
    const size = { width: width1 * 256 + width0, height: height1 * 256 + height0 };
    return this.#frameHeader.length === SOF_BYTES && size.width > 0 && size.height > 0 ? size : undefined;
  }

  /**
   * Reads until the end of the chunk or of the image.
   *
   * @param at the first position; in the first chunk the one after FF D8
   * @returns the position after the image, of the damage, or at the end of the chunk
   */
  read(chunk: Buffer, at: number): number {
    let position = at;
    while (position < chunk.length && this.ending === undefined) position = this.step(chunk, position);
    return position;
  }

  /** Does the same as `read`, but stops at the end of the current state. */
  step(chunk: Buffer, at: number): number {
    const byte = chunk[at] ?? 0;
    switch (this.#state) {
      case "marker":
        this.#state = byte === MARKER ? "code" : "damaged";
        break;
      case "code":
        if (byte !== MARKER) this.#enter(byte);
        break;
      case "length":
        this.#length.push(byte);
        if (this.#length.length === 2) this.#enterSegment();
        break;
      case "segment":
        return this.#readSegment(chunk, at);
      case "scan": {
        const next = chunk.indexOf(MARKER, at);
        if (next < 0) return chunk.length;
        this.#state = "scanCode";
        return next + 1;
      }
      case "scanCode":
        if (byte === 0 || isStandalone(byte)) this.#state = "scan";
        else if (byte !== MARKER) this.#enter(byte);
        break;
      case "complete":
      case "damaged":
        return at;
    }
    return at + 1;
  }

  #enter(code: number): void {
    this.#code = code;
    this.#length = [];
    if (code === EOI) this.#state = "complete";
    // A second image begins: the end of this image is missing.
    else if (code === SOI || code === 0) this.#state = "damaged";
    else this.#state = isStandalone(code) ? "marker" : "length";
  }

  #enterSegment(): void {
    const [high = 0, low = 0] = this.#length;
    this.#left = high * 256 + low - 2;
    if (this.#left < 0) this.#state = "damaged";
    else if (this.#left === 0) this.#leaveSegment();
    else this.#state = "segment";
  }

  #readSegment(chunk: Buffer, at: number): number {
    const end = Math.min(chunk.length, at + this.#left);
    if (isFrameHeader(this.#code)) {
      const missing = SOF_BYTES - this.#frameHeader.length;
      this.#frameHeader.push(...chunk.subarray(at, Math.min(end, at + missing)));
    }
    this.#left -= end - at;
    if (this.#left === 0) this.#leaveSegment();
    return end;
  }

  #leaveSegment(): void {
    this.#state = this.#code === SOS ? "scan" : "marker";
  }
}

/** Tells whether a marker has no length: restarts and TEM. */
function isStandalone(code: number): boolean {
  return code === TEM || (code >= 0xd0 && code <= 0xd7);
}

/** Tells whether a marker is one of SOF0 to SOF15. DHT, JPG and DAC are in the same range. */
function isFrameHeader(code: number): boolean {
  return code >= 0xc0 && code <= 0xcf && code !== 0xc4 && code !== 0xc8 && code !== 0xcc;
}

/** Reads the size of a JPEG from its frame header; undefined if there is none. */
export function jpegSize(data: Buffer): ImageSize | undefined {
  if (imageType(data) !== "image/jpeg") return undefined;
  const walker = new JpegWalker();
  let at = SOI_BYTES;
  while (at < data.length && walker.size === undefined && walker.ending === undefined) {
    at = walker.step(data, at);
  }
  return walker.size;
}

/** Tells whether the data ends with the end marker, apart from padding. */
export function endsAsJpeg(data: Buffer): boolean {
  return data.subarray(-PADDING_BYTES).lastIndexOf(Buffer.of(MARKER, EOI)) >= 0;
}
