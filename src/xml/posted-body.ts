import { XMLValidator } from "fast-xml-parser";
import { toUtf8 } from "./encoding";
import { XmlError } from "./limits";
import { cutLongTexts, PLACEHOLDER } from "./long-texts";
import { XmlTree, type XmlElement } from "./tree";

/** A posted body: the tree of its elements, and the long texts (images) that the tree does not hold. */
export interface PostedXml {
  root: XmlElement;
  /** The bytes of a long text that the tree holds a placeholder for; undefined for any other text. */
  longText: (text: string) => Buffer | undefined;
}

/**
 * Parses a body that anybody may have posted. The images, by far the most of it, are cut out before the parser sees it:
 * a body of 700 KB costs as little as its few KB of mark-up.
 *
 * @throws {XmlError} not well-formed, with a document type (and with it entities), nested too deeply or with too much
 *   mark-up
 */
export function parsePostedXml(body: Buffer): PostedXml {
  const { skeleton, longTexts } = cutLongTexts(toUtf8(body));
  const verdict = XMLValidator.validate(skeleton);
  if (verdict !== true) throw new XmlError(`${verdict.err.msg} (line ${verdict.err.line})`);
  return {
    root: new XmlTree(skeleton).root,
    longText: (text) => (text.startsWith(PLACEHOLDER) ? longTexts[Number(text.slice(1))] : undefined),
  };
}
