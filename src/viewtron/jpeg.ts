/** Pixels */
export interface PictureSize {
  width: number;
  height: number;
}

const MARKER = 0xff;
/** Start-of-frame markers C0..CF, without the tables that share the range: C4 (Huffman), C8, CC (arithmetic). */
const isFrameHeader = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;

export function isJpeg(data: Buffer): boolean {
  return data.length > 3 && data[0] === MARKER && data[1] === 0xd8;
}

/**
 * Reads the size of a JPEG from its frame header (ITU-T T.81, B.2.2), as cameras send `<width>0</width>` beside
 * pictures whose pixels their coordinates are counted in.
 */
export function jpegSize(data: Buffer): PictureSize | undefined {
  if (!isJpeg(data)) return undefined;
  let at = 2;
  while (at + 9 <= data.length) {
    if (data[at] !== MARKER) return undefined;
    const marker = data.readUInt8(at + 1);
    if (marker === MARKER) {
      at += 1;
      continue;
    }
    if (isFrameHeader(marker)) {
      return { height: data.readUInt16BE(at + 5), width: data.readUInt16BE(at + 7) };
    }
    at += 2 + data.readUInt16BE(at + 2);
  }
  return undefined;
}
