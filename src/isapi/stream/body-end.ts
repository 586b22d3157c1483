import { JpegWalker } from "../../media/jpeg";

/**
 * Finds the end of a body from its own structure. So a part is complete with its last byte, even if its declared length
 * is wrong or nothing follows.
 */
export interface BodyEnd {
  /**
   * @param data the received bytes of the body, from its start; grows from call to call
   * @returns the body's length, or the position of another document inside a damaged one; undefined if more is needed
   */
  find(data: Buffer): { end: number } | { restart: number } | undefined;
}

const LESS_THAN = 0x3c;
const GREATER_THAN = 0x3e;
const SLASH = 0x2f;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const NAME_START = /[A-Za-z_]/;
/** The longest text before the root element: an XML declaration and perhaps a comment. */
const MAX_PROLOGUE_BYTES = 4096;
const MAX_NAME_BYTES = 128;

/** Texts that occur only at the start of a document. */
export const documentStarts = ["<?xml", "<EventNotificationAlert"].map((text) => Buffer.from(text));
/** Keeps a start that is cut at the end of the searched bytes. */
const LONGEST_START = Math.max(...documentStarts.map(({ length }) => length));

/**
 * Finds the end tag of the root element. Alerts do not nest: after a second start, the end of the first one is lost.
 */
class XmlEnd implements BodyEnd {
  #root: { open: Buffer; close: Buffer; from: number } | undefined;
  #scanned = 0;

  find(data: Buffer): { end: number } | { restart: number } | undefined {
    if (this.#root === undefined) {
      const found = this.#findRoot(data);
      if (found !== undefined) return found;
    }
    if (this.#root === undefined) return undefined;
    const { open, close, from } = this.#root;
    const start = Math.max(from, this.#scanned);
    const end = endOfTag(data, close, start);
    const body = data.subarray(0, end);
    const restart = [open, ...documentStarts]
      .map((text) => startOfTag(body, text, start))
      .filter((at) => at >= 0);
    if (restart.length > 0) return { restart: Math.min(...restart) };
    if (end !== undefined) return { end };
    // The end of a chunk may cut a tag anywhere, and a tag may have blanks before its `>`.
    this.#scanned = Math.max(from, data.length - MAX_NAME_BYTES * 2);
    return undefined;
  }

  #findRoot(data: Buffer): { end: number } | { restart: number } | undefined {
    for (;;) {
      const found = data.indexOf(LESS_THAN, this.#scanned);
      this.#scanned = found < 0 ? data.length : found;
      if (found < 0 || found > MAX_PROLOGUE_BYTES) return lost(data);
      if (found + 1 >= data.length) return undefined;
      if (NAME_START.test(String.fromCharCode(data.readUInt8(found + 1)))) break;
      this.#scanned += 1;
    }
    const at = this.#scanned;
    const tagEnd = data.indexOf(GREATER_THAN, at);
    if (tagEnd < 0) return lost(data);
    if (data[tagEnd - 1] === SLASH) return { end: tagEnd + 1 };
    const tag = data.toString("latin1", at + 1, Math.min(tagEnd, at + 1 + MAX_NAME_BYTES));
    const name = tag.split(/[\s/]/, 1)[0] ?? "";
    this.#root = { open: Buffer.from(`<${name}`), close: Buffer.from(`</${name}`), from: tagEnd + 1 };
    return undefined;
  }
}

/**
 * Returns where to continue if the bytes have no root element within the length of a prologue and thus are not XML.
 * This is the last position where a document may begin: earlier ones have no root element either.
 */
function lost(data: Buffer): { restart: number } | undefined {
  if (data.length <= MAX_PROLOGUE_BYTES) return undefined;
  const searched = data.subarray(1, MAX_PROLOGUE_BYTES);
  const begins = 1 + Math.max(...documentStarts.map((text) => searched.lastIndexOf(text)));
  return { restart: begins > 0 ? begins : MAX_PROLOGUE_BYTES - LONGEST_START };
}

function startOfTag(data: Buffer, text: Buffer, from: number): number {
  for (let at = data.indexOf(text, from); at >= 0; at = data.indexOf(text, at + 1)) {
    const next = data[at + text.length];
    if (next !== undefined && /[\s>/]/.test(String.fromCharCode(next))) return at;
  }
  return -1;
}

function endOfTag(data: Buffer, text: Buffer, from: number): number | undefined {
  for (let at = data.indexOf(text, from); at >= 0; at = data.indexOf(text, at + 1)) {
    let end = at + text.length;
    while (end < data.length && isBlank(data[end])) end += 1;
    if (data[end] === GREATER_THAN) return end + 1;
  }
  return undefined;
}

export function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || (byte !== undefined && byte >= 0x09 && byte <= 0x0d);
}

/** Finds the bracket that closes the first one. */
class JsonEnd implements BodyEnd {
  #at = 0;
  #depth = 0;
  #inString = false;

  find(data: Buffer): { end: number } | undefined {
    while (this.#at < data.length) {
      const byte = data[this.#at];
      this.#at += 1;
      if (this.#inString) {
        if (byte === BACKSLASH) this.#at += 1;
        else if (byte === QUOTE) this.#inString = false;
      } else if (byte === QUOTE) {
        this.#inString = true;
      } else if (byte === 0x7b || byte === 0x5b) {
        this.#depth += 1;
      } else if (byte === 0x7d || byte === 0x5d) {
        this.#depth -= 1;
        if (this.#depth <= 0) return { end: this.#at };
      }
    }
    return undefined;
  }
}

/** Finds the end marker of the image, and not that of an embedded thumbnail. */
class JpegEnd implements BodyEnd {
  readonly #walker = new JpegWalker();
  /** The first two bytes identified the JPEG. */
  #at = 2;

  find(data: Buffer): { end: number } | undefined {
    this.#at = this.#walker.read(data, this.#at);
    return this.#walker.ending === "complete" ? { end: this.#at } : undefined;
  }
}

const neverEnds: BodyEnd = { find: () => undefined };

export type PartKind = "xml" | "json" | "jpeg" | "other";

export function bodyEnd(kind: PartKind): BodyEnd {
  switch (kind) {
    case "xml":
      return new XmlEnd();
    case "json":
      return new JsonEnd();
    case "jpeg":
      return new JpegEnd();
    case "other":
      return neverEnds;
  }
}
