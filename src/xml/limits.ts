/** XML that is not well-formed or exceeds {@link limits}. The message continues a sentence: "it has …". */
export class XmlError extends Error {
  override readonly name = "XmlError";
}

/** Parsing is synchronous: larger documents would delay every other flow. */
export const limits = {
  /** Characters of a document in a response. */
  documentCharacters: 4 * 1024 * 1024,
  /** Bytes of a posted body without its long texts. The largest posts seen have less than 20 KB. */
  postedMarkup: 256 * 1024,
  /** Tags and comments in a posted body. The largest posts seen have a few hundred. */
  postedTags: 10_000,
  /** Levels of nested elements. Posts have nine, the deepest configuration documents about fifteen. */
  depth: 48,
} as const;
