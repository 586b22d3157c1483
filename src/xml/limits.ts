/** XML that is not read: it is not well-formed, or it exceeds {@link limits}. The message is half a sentence. */
export class XmlError extends Error {
  override readonly name = "XmlError";
}

/** Parsing is synchronous: larger documents would delay every other flow. */
export const limits = {
  /** Characters of a document that a device returned. */
  documentCharacters: 4 * 1024 * 1024,
  /** Bytes of mark-up in a posted body, long texts aside. The largest posts seen have less than 20 KB. */
  postedMarkup: 256 * 1024,
  /** Tags and comments in a posted body. The largest posts seen have some hundreds. */
  postedTags: 10_000,
  /** Elements inside each other. Posts nest nine deep, the deepest configuration documents about fifteen. */
  depth: 48,
} as const;
