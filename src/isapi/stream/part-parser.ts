import { endsAsJpeg } from "../../media/jpeg";
import { imageType } from "../../media/sniff";
import { bodyEnd, documentStarts, isBlank, type BodyEnd, type PartKind } from "./body-end";
import { ByteQueue } from "./byte-queue";
import { PartHeaders } from "./part-headers";

export type { PartKind } from "./body-end";

export interface Part {
  /** Detected from the bytes, whatever the header declares. */
  kind: PartKind;
  /** Names in lower case. */
  headers: Record<string, string>;
  body: Buffer;
}

export interface PartHandler {
  part(part: Part): void;
  /** An image has started: the alert before it may wait for it. */
  imageBegins?(): void;
  /** The parser ignored bytes. The stream continues. */
  warning(text: string): void;
}

export interface PartParserOptions {
  /** The `boundary` parameter of the response's Content-Type, unchanged. The body may use another one. */
  boundary?: string | undefined;
  /** Default 16 MiB. Larger parts are ignored. */
  maxPartBytes?: number;
}

const MAX_PART_BYTES = 16 * 1024 * 1024;
/** Chunks are processed in slices, so that the queue's size does not depend on the sender. */
const SLICE_BYTES = 64 * 1024;
const MAX_LINE_BYTES = 8 * 1024;
const MAX_DELIMITER_BYTES = 128;
/** Shorter delimiters would occur inside bodies. */
const MIN_DELIMITER_BYTES = 5;
const LF = 0x0a;
const CR = 0x0d;
const DASH = 0x2d;
/** Types whose bodies have a known first byte, so that blank lines before the body can be ignored. */
const SELF_EVIDENT_TYPES = /^$|^text\/|xml|json|jpe?g/;

interface Body {
  kind: PartKind;
  headers: PartHeaders;
  declared: number | undefined;
  end: BodyEnd;
  /** The bytes before this position contain no delimiter. */
  scanned: number;
}

/**
 * Splits an alert stream into its parts. Chunks may have any size. A part is delivered with its last byte.
 *
 * Headers, lengths and boundaries of real devices may be missing, doubled or wrong. Therefore the body's own structure
 * has priority, then its declared length, then the next boundary. Damaged and oversized parts are ignored with a
 * warning. The parser does not throw on any input, and holds at most one part and a slice.
 */
export class PartParser {
  readonly #handler: PartHandler;
  readonly #maxPartBytes: number;
  readonly #queue = new ByteQueue();
  /** From the boundary that the response declares. */
  #declaredDelimiter: Buffer | undefined;
  /** From the last boundary in the stream. */
  #seenDelimiter: Buffer | undefined;
  #headers = new PartHeaders();
  #body: Body | undefined;
  #skipping = false;
  #warnedOfGarbage = false;

  constructor(handler: PartHandler, options: PartParserOptions = {}) {
    this.#handler = handler;
    this.#maxPartBytes = options.maxPartBytes ?? MAX_PART_BYTES;
    const token = options.boundary
      ?.trim()
      .replace(/^"(.*)"$/, "$1")
      .replace(/^--/, "");
    if (token !== undefined && token.length >= 3 && token.length <= MAX_DELIMITER_BYTES) {
      this.#declaredDelimiter = Buffer.from(`--${token}`, "latin1");
    }
  }

  /** The number of bytes that wait for more. */
  get pendingBytes(): number {
    return this.#queue.length;
  }

  get inImage(): boolean {
    return this.#body?.kind === "jpeg";
  }

  push(chunk: Buffer): void {
    for (let at = 0; at < chunk.length; at += SLICE_BYTES) {
      this.#queue.append(chunk.subarray(at, at + SLICE_BYTES));
      while (this.#queue.length > 0 && this.#step());
    }
  }

  /** Ends the parsing at the end of the response. An unfinished part is lost, unless only the end can complete it. */
  end(): void {
    const body = this.#body;
    if (body?.kind === "other" && body.declared === undefined) this.#deliver(body, this.#queue.length);
    else if (body !== undefined) this.#handler.warning(`The stream ended inside a part (${body.kind}).`);
    this.#queue.consume(this.#queue.length);
    this.#body = undefined;
    this.#headers = new PartHeaders();
  }

  /** @returns whether it consumed bytes, so that the next step may consume more */
  #step(): boolean {
    if (this.#skipping) return this.#skip();
    return this.#body === undefined ? this.#between(this.#queue.view()) : this.#inside(this.#body);
  }

  // ---- between parts: blank lines, boundaries, headers ----

  #between(data: Buffer): boolean {
    const first = data[0];
    if (this.#headers.ended && !SELF_EVIDENT_TYPES.test(this.#headers.mediaType)) {
      const short = data.length < Math.min(3, this.#headers.contentLength ?? 3);
      return !short && this.#begin(sniff(data) ?? "other");
    }
    if (first === LF) return this.#blankLine(1);
    if (first === CR) return data.length > 1 && this.#blankLine(data[1] === LF ? 2 : 1);
    if (isBlank(first)) return this.#take(1);
    if (first === 0xef) {
      if (data.length < 3) return false;
      if (data[1] === 0xbb && data[2] === 0xbf) return this.#take(3);
    }
    if (this.#startsWithToken(data)) return this.#line(data);
    if (first === 0x3c || first === 0x7b || first === 0x5b || first === 0xff) {
      if (data.length < 3) return false;
      const kind = sniff(data);
      if (kind === "undecided") return data.length > MAX_LINE_BYTES && this.#resync(data);
      if (kind !== undefined) return this.#begin(kind);
    }
    // The body does not match its declared text type: it is damaged, so its length or the boundary must end it.
    if (this.#headers.ended && first !== DASH) return this.#begin("other");
    return this.#line(data);
  }

  /** Some devices write the boundary without its dashes, and one device uses `<frontier>`. */
  #startsWithToken(data: Buffer): boolean {
    const token = this.#declaredDelimiter?.subarray(2);
    // An incomplete token may become complete with the next bytes.
    return token?.subarray(0, data.length).equals(data.subarray(0, token.length)) ?? false;
  }

  #line(data: Buffer): boolean {
    const end = data.indexOf(LF);
    if (end < 0) return data.length > MAX_LINE_BYTES && this.#resync(data);
    if (end > MAX_LINE_BYTES) return this.#resync(data);
    const line = data.toString("latin1", 0, end).trimEnd();
    if (line.startsWith("--") || this.#startsWithToken(data)) {
      this.#learnDelimiter(line);
      this.#headers = new PartHeaders();
      return this.#take(end + 1);
    }
    const added = this.#headers.add(line);
    if (added === true) return this.#take(end + 1);
    if (added === "overflow") {
      this.#handler.warning("Ignored a part whose header does not end.");
      this.#headers = new PartHeaders();
      return this.#take(end + 1);
    }
    return this.#resync(data);
  }

  #learnDelimiter(line: string): void {
    // Without dashes it is a word like any other, so it only counts at the start of a line.
    const delimiter = line.startsWith("--") ? line.replace(/(.)--$/, "$1") : `\n${line}`;
    if (delimiter.length < MIN_DELIMITER_BYTES || delimiter.length > MAX_DELIMITER_BYTES) return;
    if (this.#seenDelimiter?.toString("latin1") === delimiter) return;
    this.#seenDelimiter = Buffer.from(delimiter, "latin1");
  }

  #blankLine(length: number): boolean {
    if (!this.#headers.isEmpty) this.#headers.ended = true;
    return this.#take(length);
  }

  /** Skips unknown bytes, to the next line or to the next known start. */
  #resync(data: Buffer): boolean {
    if (!this.#warnedOfGarbage) this.#handler.warning("Ignored bytes that do not belong to a part.");
    this.#warnedOfGarbage = true;
    const nextLine = data.indexOf(LF, 1);
    const starts = [...this.#delimiters(), ...documentStarts].map((text) => data.indexOf(text, 1));
    const found = [nextLine < 0 ? -1 : nextLine + 1, ...starts].filter((at) => at > 0);
    return this.#take(found.length > 0 ? Math.min(...found) : data.length - MAX_DELIMITER_BYTES);
  }

  // ---- inside a part ----

  #begin(kind: PartKind | "undecided"): boolean {
    if (kind === "undecided") return false;
    const headers = this.#headers;
    const declared = headers.contentLength;
    this.#headers = new PartHeaders();
    if (declared !== undefined && declared > this.#maxPartBytes) return this.#startSkipping();
    if (kind === "other" && declared === 0) return true;
    this.#body = { kind, headers, declared, end: bodyEnd(kind), scanned: 0 };
    if (kind === "jpeg") this.#handler.imageBegins?.();
    return true;
  }

  #inside(body: Body): boolean {
    const data = this.#queue.view();
    const found = body.end.find(data);
    const own = found !== undefined && "end" in found ? found.end : undefined;
    const complete = this.#completeAt(body, data, own);
    const delimiter = this.#findDelimiter(data.subarray(0, complete), body.scanned);
    if (delimiter !== undefined) return this.#endAtDelimiter(body, data, own, delimiter);
    if (complete !== undefined) return this.#deliver(body, complete);
    if (found !== undefined && "restart" in found) return this.#drop(body, found.restart);
    if (data.length > this.#maxPartBytes) {
      // Skips its first byte. Otherwise its own start would be found as that of the next document.
      this.#take(1);
      return this.#startSkipping();
    }
    body.scanned = Math.max(0, data.length - MAX_DELIMITER_BYTES);
    return false;
  }

  /** Returns the length of the body if it is complete. */
  #completeAt(body: Body, data: Buffer, own: number | undefined): number | undefined {
    const { kind, declared } = body;
    if (kind === "xml" || kind === "json" || declared === undefined) return own;
    // Some devices include the line end after the image.
    if (own !== undefined && declared - own <= 2) return own;
    if (data.length < declared) return undefined;
    if (kind === "other") return declared;
    // Thermal cameras append data to an image, so the end of the image is not the end of the part.
    if (own !== undefined) return declared;
    return endsAsJpeg(data.subarray(0, declared)) ? declared : undefined;
  }

  #endAtDelimiter(body: Body, data: Buffer, own: number | undefined, delimiter: number): boolean {
    const length = trimLineEnd(data, delimiter);
    const whole =
      body.kind === "jpeg" &&
      (own !== undefined || length === body.declared || endsAsJpeg(data.subarray(0, length)));
    const unmeasured = body.kind === "other" && body.declared === undefined;
    if (whole || unmeasured) return this.#deliver(body, length);
    return this.#drop(body, delimiter);
  }

  #deliver(body: Body, length: number): boolean {
    const part = {
      kind: body.kind,
      headers: body.headers.values,
      body: Buffer.from(this.#queue.view().subarray(0, length)),
    };
    this.#queue.consume(length);
    this.#body = undefined;
    this.#warnedOfGarbage = false;
    if (length > 0) this.#handler.part(part);
    return true;
  }

  #drop(body: Body, length: number): boolean {
    this.#handler.warning(`Ignored a damaged part (${body.kind}, ${length} bytes).`);
    this.#body = undefined;
    this.#take(length);
    return true;
  }

  #startSkipping(): boolean {
    this.#handler.warning(`Ignored a part larger than ${this.#maxPartBytes} bytes.`);
    this.#body = undefined;
    this.#skipping = true;
    return true;
  }

  #skip(): boolean {
    const data = this.#queue.view();
    const starts = [...this.#delimiters(), ...documentStarts]
      .map((text) => data.indexOf(text))
      .filter((at) => at >= 0);
    if (starts.length === 0) {
      this.#take(data.length - MAX_DELIMITER_BYTES);
      return false;
    }
    this.#skipping = false;
    this.#take(Math.min(...starts));
    return true;
  }

  #delimiters(): Buffer[] {
    const [declared, seen] = [this.#declaredDelimiter, this.#seenDelimiter];
    if (declared === undefined || seen === undefined || declared.equals(seen)) {
      return [seen ?? declared].filter((delimiter) => delimiter !== undefined);
    }
    return [declared, seen];
  }

  #findDelimiter(data: Buffer, from: number): number | undefined {
    const found = this.#delimiters()
      .map((delimiter) => data.indexOf(delimiter, from))
      .filter((at) => at >= 0);
    return found.length > 0 ? Math.min(...found) : undefined;
  }

  #take(count: number): boolean {
    this.#queue.consume(Math.max(0, count));
    return count > 0;
  }
}

/** Detects the kind from the first bytes; `undecided` if more are needed, and undefined for unknown bytes. */
function sniff(data: Buffer): PartKind | "undecided" | undefined {
  if (imageType(data) === "image/jpeg") return "jpeg";
  const [first, second] = [data[0], data[1]];
  if (first === 0x3c && second !== undefined && /[A-Za-z_?!]/.test(String.fromCharCode(second))) return "xml";
  if (first !== 0x7b && first !== 0x5b) return undefined;
  let at = 1;
  while (at < data.length && isBlank(data[at])) at += 1;
  if (at >= data.length) return "undecided";
  const next = String.fromCharCode(data.readUInt8(at));
  return (first === 0x7b ? '"}' : "{[]").includes(next) ? "json" : undefined;
}

/** Returns the end of a body without the line end, which belongs to the boundary after it. */
function trimLineEnd(data: Buffer, end: number): number {
  if (data[end] === LF) return data[end - 1] === CR ? end - 1 : end;
  if (data[end - 1] !== LF) return end;
  return data[end - 2] === CR ? end - 2 : end - 1;
}
