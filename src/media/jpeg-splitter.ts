import { MAX_FRAME_BYTES, type EncodedFrame, type FrameSplitter } from "../rtsp/frames/frame-splitter";

const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const TEM = 0x01;
/** Precision (1), height (2) and width (2) follow the length of a frame header. */
const SOF_BYTES = 5;

type State =
  /** Before a picture, waiting for FF D8. */
  | "between"
  /** At the FF of a marker. */
  | "marker"
  /** After that FF; further FFs are fill bytes. */
  | "code"
  | "length"
  | "segment"
  /** Entropy-coded data: ends at a marker that is neither stuffing nor a restart. */
  | "scan"
  | "scanMarker";

/**
 * Takes JPEG files out of a byte stream by walking their markers (ITU T.81, annex B), so that an FF D9 inside a
 * segment, such as an embedded thumbnail, does not end the picture.
 */
export class JpegSplitter implements FrameSplitter {
  discarded = 0;
  readonly #maxBytes: number;
  #state: State = "between";
  #parts: Buffer[] = [];
  #bytes = 0;
  #code = 0;
  /** The segment's two length bytes. */
  #length: number[] = [];
  /** Bytes of the segment still to come. */
  #left = 0;
  #sof: number[] = [];
  #previous = 0;
  #skipping = false;

  constructor(maxBytes: number = MAX_FRAME_BYTES) {
    this.#maxBytes = maxBytes;
  }

  push(chunk: Buffer): EncodedFrame[] {
    const frames: EncodedFrame[] = [];
    let start = 0;
    let position = 0;
    while (position < chunk.length) {
      const outside = this.#state === "between";
      position = this.#step(chunk, position);
      if (outside && this.#isState("marker")) {
        // The picture's FF D8 may lie in two chunks, so both bytes are added by hand.
        this.#parts = [Buffer.from([0xff, SOI])];
        this.#bytes = 2;
        start = position;
      } else if (!outside && this.#isState("between") && !this.#skipping) {
        this.#take(chunk.subarray(start, position));
        const frame = this.#finish();
        if (frame !== undefined) frames.push(frame);
      }
    }
    if (this.#state !== "between") this.#take(chunk.subarray(start));
    if (this.#bytes > this.#maxBytes) this.#giveUp();
    return frames;
  }

  /** The compiler takes a field it just compared for unchanged, whatever was called since. */
  #isState(state: State): boolean {
    return this.#state === state;
  }

  /** Reads on from `position` within one state; returns where the next one begins. */
  #step(chunk: Buffer, position: number): number {
    const byte = chunk[position] ?? 0;
    switch (this.#state) {
      case "between":
        return this.#findStart(chunk, position);
      case "marker":
        if (byte !== 0xff) this.#giveUp();
        else this.#state = "code";
        break;
      case "code":
        if (byte !== 0xff) this.#enter(byte);
        break;
      case "length":
        this.#length.push(byte);
        if (this.#length.length === 2) this.#enterSegment();
        break;
      case "segment":
        return this.#readSegment(chunk, position);
      case "scan": {
        const next = chunk.indexOf(0xff, position);
        if (next < 0) return chunk.length;
        this.#state = "scanMarker";
        return next + 1;
      }
      case "scanMarker":
        if (byte === 0 || (byte >= 0xd0 && byte <= 0xd7)) this.#state = "scan";
        else if (byte !== 0xff) this.#enter(byte);
        break;
    }
    return position + 1;
  }

  #findStart(chunk: Buffer, position: number): number {
    const byte = chunk[position] ?? 0;
    const previous = this.#previous;
    this.#previous = byte;
    if (previous === 0xff && byte === SOI) {
      this.#previous = 0;
      this.#skipping = false;
      this.#sof = [];
      this.#state = "marker";
    } else if (byte !== 0xff && !this.#skipping) {
      this.#skipping = true;
      this.discarded++;
    }
    return position + 1;
  }

  #enter(code: number): void {
    this.#code = code;
    if (code === EOI) this.#state = "between";
    else if (code === SOI || code === 0) this.#giveUp();
    else if (code === TEM || (code >= 0xd0 && code <= 0xd7)) this.#state = "marker";
    else {
      this.#length = [];
      this.#state = "length";
    }
  }

  #enterSegment(): void {
    const [high = 0, low = 0] = this.#length;
    this.#left = high * 256 + low - 2;
    if (this.#left < 0) this.#giveUp();
    else if (this.#left === 0) this.#leaveSegment();
    else this.#state = "segment";
  }

  #readSegment(chunk: Buffer, position: number): number {
    const end = Math.min(chunk.length, position + this.#left);
    if (isFrameHeader(this.#code) && this.#sof.length < SOF_BYTES)
      this.#sof.push(...chunk.subarray(position, Math.min(end, position + SOF_BYTES - this.#sof.length)));
    this.#left -= end - position;
    if (this.#left === 0) this.#leaveSegment();
    return end;
  }

  #leaveSegment(): void {
    this.#state = this.#code === SOS ? "scan" : "marker";
  }

  #take(part: Buffer): void {
    if (part.length === 0) return;
    this.#parts.push(part);
    this.#bytes += part.length;
  }

  #finish(): EncodedFrame | undefined {
    const [, height1 = 0, height0 = 0, width1 = 0, width0 = 0] = this.#sof;
    const [width, height] = [width1 * 256 + width0, height1 * 256 + height0];
    const parts = this.#parts;
    const bytes = this.#bytes;
    this.#parts = [];
    this.#bytes = 0;
    if (bytes > this.#maxBytes || width === 0 || height === 0) {
      this.discarded++;
      return undefined;
    }
    return { data: Buffer.concat(parts, bytes), width, height };
  }

  #giveUp(): void {
    this.discarded++;
    this.#parts = [];
    this.#bytes = 0;
    this.#state = "between";
    this.#previous = 0;
    // The rest of this picture is not a second one that was lost.
    this.#skipping = true;
  }
}

/** SOF0 to SOF15 without DHT, JPG and DAC, which lie between them. */
function isFrameHeader(code: number): boolean {
  return code >= 0xc0 && code <= 0xcf && code !== 0xc4 && code !== 0xc8 && code !== 0xcc;
}
