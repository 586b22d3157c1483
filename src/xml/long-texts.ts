import { limits, XmlError } from "./limits";

/** Marks the place of a long text in the skeleton. XML must not contain this control character (XML 1.0, 2.2). */
export const PLACEHOLDER = "\u0001";

/** Characters. In practice, longer texts are images. */
const LONG_TEXT_MIN = 1024;
const LESS_THAN = 0x3c;
const SLASH = 0x2f;
const QUESTION = 0x3f;
const EXCLAMATION = 0x21;
const CDATA = "<![CDATA[";

export interface CutBody {
  /** The document with a placeholder and the index in `longTexts` in place of each long text. */
  skeleton: string;
  /** Views into the body, no copies. */
  longTexts: Buffer[];
}

/**
 * Cuts the long texts (base64 images, in CDATA or bare) out of a body, in one pass that jumps from tag to tag. Refuses
 * everything that cameras never send: a document type, deep nesting, a large number of elements.
 *
 * @throws {XmlError} beyond the limits; a tag, comment or CDATA section without an end
 */
export function cutLongTexts(body: Buffer): CutBody {
  const pieces: string[] = [];
  const longTexts: Buffer[] = [];
  const length = endWithoutPadding(body);
  let at = body.subarray(0, 3).equals(BYTE_ORDER_MARK) ? 3 : 0;
  /** The start of the text that is kept and not yet in `pieces`. */
  let kept = at;
  let size = 0;
  let depth = 0;
  let tokens = 0;

  const keepUntil = (end: number): void => {
    // The last tag counts as well: it may be as long as the whole body.
    if (size + end - kept > limits.postedMarkup) throw new XmlError("it has too many elements");
    const piece = body.toString("utf8", kept, end);
    if (piece.includes(PLACEHOLDER)) throw new XmlError("it contains a control character");
    size += end - kept;
    pieces.push(piece);
  };
  const leaveOut = (start: number, end: number): void => {
    keepUntil(start);
    kept = end;
  };
  const cut = (start: number, end: number, textStart = start, textEnd = end): void => {
    leaveOut(start, end);
    pieces.push(`${PLACEHOLDER}${longTexts.length}`);
    longTexts.push(body.subarray(textStart, textEnd));
  };
  const endOf = (mark: string, from: number): number => {
    const found = body.indexOf(mark, from);
    if (found === -1) throw new XmlError(`"${mark}" is missing`);
    return found + mark.length;
  };
  const startsWith = (mark: string): boolean => body.toString("latin1", at, at + mark.length) === mark;

  while (at < length) {
    const found = body.indexOf(LESS_THAN, at);
    const tag = found === -1 || found > length ? length : found;
    if (tag - at > LONG_TEXT_MIN) cut(at, tag);
    at = tag;
    if (at === length) break;
    tokens += 1;
    if (tokens > limits.postedTags || size + at - kept > limits.postedMarkup)
      throw new XmlError("it has too many elements");

    const next = body[at + 1];
    if (next === EXCLAMATION && startsWith(CDATA)) {
      at = endOf("]]>", tag + CDATA.length);
      if (at - tag > LONG_TEXT_MIN) cut(tag, at, tag + CDATA.length, at - 3);
    } else if (next === EXCLAMATION && startsWith("<!--")) {
      at = endOf("-->", tag + 4);
      leaveOut(tag, at);
    } else if (next === EXCLAMATION) {
      throw new XmlError("a document type is not accepted");
    } else {
      at = endOf(">", tag);
      if (next === SLASH) depth -= 1;
      else if (next !== QUESTION && body[at - 2] !== SLASH) depth += 1;
      if (depth > limits.depth) throw new XmlError(`it is nested more than ${limits.depth} deep`);
    }
  }
  keepUntil(length);
  return { skeleton: pieces.join(""), longTexts };
}

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** Returns the length without zero bytes at the end: some firmware sends the one that ends a string in C. */
function endWithoutPadding(body: Buffer): number {
  let end = body.length;
  while (end > 0 && body[end - 1] === 0) end -= 1;
  return end;
}
