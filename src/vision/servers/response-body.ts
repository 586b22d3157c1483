import type { IncomingHttpHeaders } from "node:http";

/** The largest response that is read: the outputs of a detector in JSON have up to 20 MB. */
export const MAX_RESPONSE_BYTES = 64 * 1024 * 1024;

/** The largest element of a tensor. */
const ALIGNMENT = 8;

/**
 * Collects a response. If its length is known, the chunks go to their place at once, and the memory starts so that the
 * tensors after the JSON need no copy: at 3 MB an image, copies cost more than all other work.
 */
export class ResponseBody {
  readonly #target: Buffer | undefined;
  readonly #chunks: Buffer[] = [];
  #size = 0;

  constructor(headers: IncomingHttpHeaders) {
    const length = countIn(headers["content-length"]);
    if (length === undefined || length > MAX_RESPONSE_BYTES) return;
    const head = countIn(headers["inference-header-content-length"]) ?? 0;
    const before = (ALIGNMENT - (head % ALIGNMENT)) % ALIGNMENT;
    // Not from the pool of small buffers, whose slices start anywhere.
    this.#target = Buffer.allocUnsafeSlow(before + length).subarray(before);
  }

  /** Adds a chunk. Returns false if the response is too large. */
  add(chunk: Buffer): boolean {
    const start = this.#size;
    this.#size += chunk.length;
    if (this.#size > (this.#target?.length ?? MAX_RESPONSE_BYTES)) return false;
    if (this.#target === undefined) this.#chunks.push(chunk);
    else chunk.copy(this.#target, start);
    return true;
  }

  /** The bytes that were added. */
  get whole(): Buffer {
    return this.#target?.subarray(0, this.#size) ?? Buffer.concat(this.#chunks);
  }
}

function countIn(header: unknown): number | undefined {
  return typeof header === "string" && /^\d{1,10}$/.test(header) ? Number(header) : undefined;
}
