/** What the protocols need to know of a JPEG without decoding it. Source: ITU-T T.81, annex B. */

/** Pixels */
export interface PictureSize {
  width: number;
  height: number;
}

const MARKER = 0xff;
const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
/** Some cameras pad a picture after its end marker. */
const PADDING_BYTES = 16;

export function startsAsJpeg(data: Buffer): boolean {
  return data.length >= 3 && data[0] === MARKER && data[1] === SOI && data[2] === MARKER;
}

/** Whether the end marker stands at the end, padding aside. */
export function endsAsJpeg(data: Buffer): boolean {
  return data.subarray(-PADDING_BYTES).lastIndexOf(Buffer.of(MARKER, EOI)) >= 0;
}

/** A marker that stands alone, without a length: fill bytes, TEM, restart markers. */
function isStandalone(marker: number): boolean {
  return marker === MARKER || marker === 0x01 || (marker >= 0xd0 && marker <= SOI);
}

/** SOF0…SOF15, which hold the size; DHT (C4), JPG (C8) and DAC (CC) lie among them. */
function isStartOfFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

/**
 * Finds where a JPEG ends, while it grows, from its structure: an end marker inside an embedded thumbnail is not taken
 * for the picture's own. Each byte is looked at once. Source: ITU-T T.81, annex B.
 */
export class JpegEnd {
  #at = 2;
  #inScan = false;

  /**
   * @param data the picture from its start, as far as it is there
   * @returns the picture's length; undefined while it is incomplete or where it is damaged
   */
  find(data: Buffer): number | undefined {
    for (;;) {
      if (this.#inScan) {
        const marker = data.indexOf(MARKER, this.#at);
        if (marker < 0) {
          this.#at = Math.max(this.#at, data.length);
          return undefined;
        }
        this.#at = marker;
      }
      if (this.#at + 2 > data.length) return undefined;
      const marker = data.readUInt8(this.#at + 1);
      if (this.#inScan && (marker === 0 || isStandalone(marker))) {
        this.#at += marker === MARKER ? 1 : 2;
        continue;
      }
      this.#inScan = false;
      if (data[this.#at] !== MARKER) return undefined;
      if (marker === EOI) return this.#at + 2;
      if (isStandalone(marker)) {
        this.#at += marker === MARKER ? 1 : 2;
        continue;
      }
      if (this.#at + 4 > data.length) return undefined;
      this.#inScan = marker === SOS;
      this.#at += 2 + data.readUInt16BE(this.#at + 2);
    }
  }
}

/** Pixels, from the frame header; undefined where there is none. */
export function jpegSize(data: Buffer): PictureSize | undefined {
  let at = 2;
  while (startsAsJpeg(data) && at + 9 <= data.length && data[at] === MARKER) {
    const marker = data.readUInt8(at + 1);
    if (isStartOfFrame(marker)) {
      return { height: data.readUInt16BE(at + 5), width: data.readUInt16BE(at + 7) };
    }
    at += isStandalone(marker) ? (marker === MARKER ? 1 : 2) : 2 + data.readUInt16BE(at + 2);
  }
  return undefined;
}
