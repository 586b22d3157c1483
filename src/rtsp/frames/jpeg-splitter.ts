import { MAX_FRAME_BYTES, type EncodedFrame, type ImageSize } from "../../media/frame";
import { JpegWalker } from "../../media/jpeg";

const SOI = Buffer.of(0xff, 0xd8);

/**
 * Extracts JPEG files from a byte stream in chunks of any size. It skips other bytes up to the next image. It never
 * stores more than one image of the largest size.
 */
export class JpegSplitter {
  /** The number of dropped images (damaged, too large) plus the runs of unknown bytes between two images. */
  discarded = 0;
  readonly #maxBytes: number;
  /** Undefined between two images. */
  #walker: JpegWalker | undefined;
  #parts: Buffer[] = [];
  #bytes = 0;
  /** The last byte between two images, because chunks may split FF D8. */
  #previous = 0;
  #skipping = false;

  constructor(maxBytes: number = MAX_FRAME_BYTES) {
    this.#maxBytes = maxBytes;
  }

  push(chunk: Buffer): EncodedFrame[] {
    const frames: EncodedFrame[] = [];
    let at = 0;
    while (at < chunk.length) {
      if (this.#walker === undefined) {
        this.#findStart(chunk[at] ?? 0);
        at += 1;
        continue;
      }
      const end = this.#walker.read(chunk, at);
      this.#append(chunk.subarray(at, end));
      at = end;
      if (this.#walker.ending === "complete") frames.push(...this.#finish(this.#walker.size));
      else if (this.#walker.ending === "damaged" || this.#bytes > this.#maxBytes) this.#drop();
    }
    return frames;
  }

  #findStart(byte: number): void {
    const previous = this.#previous;
    this.#previous = byte;
    if (previous === SOI[0] && byte === SOI[1]) {
      this.#skipping = false;
      this.#walker = new JpegWalker();
      this.#append(SOI);
    } else if (byte !== SOI[0] && !this.#skipping) {
      this.#skipping = true;
      this.discarded++;
    }
  }

  #append(part: Buffer): void {
    this.#parts.push(part);
    this.#bytes += part.length;
  }

  #finish(size: ImageSize | undefined): EncodedFrame[] {
    const [parts, bytes] = [this.#parts, this.#bytes];
    this.#clear();
    if (size !== undefined && bytes <= this.#maxBytes)
      return [{ data: Buffer.concat(parts, bytes), ...size }];
    this.discarded++;
    return [];
  }

  #drop(): void {
    this.#clear();
    this.discarded++;
    // The rest of this image does not count as another image.
    this.#skipping = true;
  }

  #clear(): void {
    this.#walker = undefined;
    this.#parts = [];
    this.#bytes = 0;
    this.#previous = 0;
  }
}
