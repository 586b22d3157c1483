import { MAX_FRAME_BYTES, type EncodedFrame } from "../../media/frame";

const MAGIC = Buffer.from("P7\n");
const END = Buffer.from("ENDHDR\n");
const MAX_HEADER_BYTES = 1024;

/**
 * Extracts raw RGB frames from a stream of PAM files (netpbm, pam(5)), in chunks of any size. Each file contains its
 * own size, so a change of the size does not damage a frame.
 */
export class PamSplitter {
  /** The number of dropped images plus the runs of unknown bytes between two images. */
  discarded = 0;
  readonly #maxBytes: number;
  /** The bytes of an incomplete header, or of an incomplete magic number. */
  #header: Buffer = Buffer.alloc(0);
  #frame: EncodedFrame | undefined;
  #filled = 0;
  #skipping = false;

  constructor(maxBytes: number = MAX_FRAME_BYTES) {
    this.#maxBytes = maxBytes;
  }

  push(chunk: Buffer): EncodedFrame[] {
    const frames: EncodedFrame[] = [];
    let rest = chunk;
    while (rest.length > 0) {
      if (this.#frame === undefined) rest = this.#readHeader(rest);
      else {
        const copied = rest.copy(this.#frame.data, this.#filled);
        this.#filled += copied;
        rest = rest.subarray(copied);
        if (this.#filled === this.#frame.data.length) {
          frames.push(this.#frame);
          this.#frame = undefined;
        }
      }
    }
    return frames;
  }

  /** Reads a header. @returns the bytes after it; none while it is incomplete */
  #readHeader(rest: Buffer): Buffer {
    const bytes = this.#header.length === 0 ? rest : Buffer.concat([this.#header, rest]);
    const start = bytes.indexOf(MAGIC);
    if (start < 0) {
      const tail = cutMagic(bytes);
      if (tail.length < bytes.length) this.#skip();
      this.#header = Buffer.from(tail);
      return Buffer.alloc(0);
    }
    if (start > 0) this.#skip();
    // Limited, so that many starts do not cost a search through all bytes each.
    const found = bytes.subarray(start, start + MAX_HEADER_BYTES + END.length).indexOf(END);
    const end = found < 0 ? -1 : start + found;
    if (end < 0 && bytes.length - start > MAX_HEADER_BYTES) {
      return this.#skipHeader(bytes, start);
    }
    if (end < 0) {
      this.#header = Buffer.from(bytes.subarray(start));
      return Buffer.alloc(0);
    }
    const size = parseHeader(bytes.toString("latin1", start, end));
    if (size === undefined || size.width * size.height * 3 > this.#maxBytes) {
      return this.#skipHeader(bytes, start);
    }
    this.#header = Buffer.alloc(0);
    this.#skipping = false;
    this.#filled = 0;
    // Not from the shared pool, because the frame lives much longer than this chunk.
    this.#frame = { data: Buffer.allocUnsafeSlow(size.width * size.height * 3), ...size };
    return bytes.subarray(end + END.length);
  }

  #skipHeader(bytes: Buffer, start: number): Buffer {
    this.#skip();
    this.#header = Buffer.alloc(0);
    return bytes.subarray(start + MAGIC.length);
  }

  /** Counts a run of unknown bytes once. */
  #skip(): void {
    if (!this.#skipping) this.discarded++;
    this.#skipping = true;
  }
}

/** Returns the end of a chunk if it may be the beginning of the magic number. */
function cutMagic(bytes: Buffer): Buffer {
  for (let length = MAGIC.length - 1; length > 0; length--) {
    const tail = bytes.subarray(-length);
    if (tail.length === length && tail.equals(MAGIC.subarray(0, length))) return tail;
  }
  return bytes.subarray(bytes.length);
}

function parseHeader(text: string): { width: number; height: number } | undefined {
  const fields = new Map(
    text.split("\n").map((line) => {
      const [name = "", value = ""] = line.split(" ");
      return [name, value];
    }),
  );
  const [width, height] = [Number(fields.get("WIDTH")), Number(fields.get("HEIGHT"))];
  const isRgb =
    fields.get("DEPTH") === "3" && fields.get("MAXVAL") === "255" && fields.get("TUPLTYPE") === "RGB";
  return isRgb && Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0
    ? { width, height }
    : undefined;
}
