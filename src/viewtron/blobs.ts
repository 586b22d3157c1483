import { invalidXml } from "./invalid-xml";

/** Marks, in the skeleton, where a long text was. A control character: no XML may contain it (XML 1.0, 2.2). */
export const PLACEHOLDER = "\u0001";

/** Longer texts are pictures in practice and are kept out of the XML parser. */
const BLOB_MIN = 1024;
/** The mark-up of the largest posts seen is below 20 KB; more than this is an attempt to keep the process busy. */
const SKELETON_MAX = 256 * 1024;
/** Tags and comments; the largest posts seen have some hundreds. */
const TOKENS_MAX = 10_000;
/** The deepest element of any post seen is the ninth. */
const DEPTH_MAX = 32;

const LESS_THAN = 0x3c;
const SLASH = 0x2f;
const QUESTION = 0x3f;
const EXCLAMATION = 0x21;
const CDATA = "<![CDATA[";

export interface CutBody {
  /** The document with every long text replaced by a placeholder and its index in `blobs`. */
  skeleton: string;
  /** Views into the body, no copies. */
  blobs: Buffer[];
}

/**
 * Cuts the long texts (base64 pictures, in CDATA or bare) out of a body in one pass that jumps from tag to tag, and
 * refuses on the way what no camera sends: a document type, deep nesting, masses of mark-up.
 *
 * @throws {SurveillanceError} VIEWTRON_XML_INVALID
 */
export function cutBlobs(body: Buffer): CutBody {
  const pieces: string[] = [];
  const blobs: Buffer[] = [];
  const length = endWithoutPadding(body);
  let at = body.subarray(0, 3).equals(BYTE_ORDER_MARK) ? 3 : 0;
  /** What is kept and not yet in `pieces` begins here. */
  let kept = at;
  let size = 0;
  let depth = 0;
  let tokens = 0;

  const keepUntil = (end: number): void => {
    // The last tag, too, which may be as long as the whole body.
    if (size + end - kept > SKELETON_MAX) throw invalidXml("it holds too much mark-up");
    const piece = body.toString("utf8", kept, end);
    if (piece.includes(PLACEHOLDER)) throw invalidXml("it contains a control character");
    size += end - kept;
    pieces.push(piece);
  };
  const leaveOut = (start: number, end: number): void => {
    keepUntil(start);
    kept = end;
  };
  const cut = (start: number, end: number, blobStart = start, blobEnd = end): void => {
    leaveOut(start, end);
    pieces.push(`${PLACEHOLDER}${blobs.length}`);
    blobs.push(body.subarray(blobStart, blobEnd));
  };
  const endOf = (mark: string, from: number): number => {
    const found = body.indexOf(mark, from);
    if (found === -1) throw invalidXml(`"${mark}" is missing`);
    return found + mark.length;
  };
  const startsWith = (mark: string): boolean => body.toString("latin1", at, at + mark.length) === mark;

  while (at < length) {
    const found = body.indexOf(LESS_THAN, at);
    const tag = found === -1 || found > length ? length : found;
    if (tag - at > BLOB_MIN) cut(at, tag);
    at = tag;
    if (at === length) break;
    tokens += 1;
    if (tokens > TOKENS_MAX || size + at - kept > SKELETON_MAX) throw invalidXml("it holds too much mark-up");

    const next = body[at + 1];
    if (next === EXCLAMATION && startsWith(CDATA)) {
      at = endOf("]]>", tag + CDATA.length);
      if (at - tag > BLOB_MIN) cut(tag, at, tag + CDATA.length, at - 3);
    } else if (next === EXCLAMATION && startsWith("<!--")) {
      at = endOf("-->", tag + 4);
      leaveOut(tag, at);
    } else if (next === EXCLAMATION) {
      throw invalidXml("a document type is not accepted");
    } else {
      at = endOf(">", tag);
      if (next === SLASH) depth -= 1;
      else if (next !== QUESTION && body[at - 2] !== SLASH) depth += 1;
      if (depth > DEPTH_MAX) throw invalidXml(`it is nested more than ${DEPTH_MAX} deep`);
    }
  }
  keepUntil(length);
  return { skeleton: pieces.join(""), blobs };
}

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** Firmware written in C sends its strings with the closing zero byte at times. */
function endWithoutPadding(body: Buffer): number {
  let end = body.length;
  while (end > 0 && body[end - 1] === 0) end -= 1;
  return end;
}
