import { XMLValidator } from "fast-xml-parser";
import { toUtf8 } from "./encoding";
import { XmlError } from "./limits";
import { cutLongTexts, PLACEHOLDER } from "./long-texts";
import { XmlTree, type XmlElement } from "./tree";

/** A posted body: the tree of its elements, and its long texts (images), which are not in the tree. */
export interface PostedXml {
  root: XmlElement;
  /** Returns the bytes of the long text behind a placeholder in the tree; undefined for any other text. */
  longText: (text: string) => Buffer | undefined;
}

/**
 * Parses a body from an untrusted sender. The images, its largest part, are cut out before parsing: a body of 700 KB
 * costs as little as the few KB of its elements.
 *
 * @throws {XmlError} the body is not well-formed, has a document type (and with it entities), is nested too deeply or
 *   has too many elements
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
