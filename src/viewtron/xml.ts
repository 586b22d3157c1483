import { XMLParser, XMLValidator } from "fast-xml-parser";
import { toError } from "../core/errors";
import { cutBlobs, PLACEHOLDER } from "./blobs";
import { XmlElement } from "./element";
import { asUtf8 } from "./encoding";
import { invalidXml } from "./invalid-xml";

/** A body taken apart: the tree, and the long texts (pictures) that were kept out of it. */
export interface XmlDocument {
  root: XmlElement;
  /** The bytes of a long text that the tree holds a placeholder for; undefined for any other text. */
  blob: (text: string) => Buffer | undefined;
}

/** fast-xml-parser's ordered form: one key with the children, or `#text`; attributes under `:@`. */
type OrderedNode = Record<string, OrderedNode[] | Record<string, string> | string>;

const TEXT = "#text";
const ATTRIBUTES = ":@";

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: "",
  textNodeName: TEXT,
  // A plate `0012345` or `1E10` is no number.
  parseTagValue: false,
  parseAttributeValue: false,
  // Numeric references, too.
  htmlEntities: true,
  // Nothing here is called back with a path, which would be built for every element.
  jPath: false,
  removeNSPrefix: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
});

/**
 * Parses a post. The pictures, by far the most of it, are left out before the XML parser sees it, so that a body of
 * 700 KB costs as little as its few KB of mark-up.
 *
 * @throws {SurveillanceError} VIEWTRON_XML_INVALID when the body is no well-formed XML, declares a document type (and
 *   with it entities), is nested too deeply or holds too much mark-up
 */
export function parseXml(body: Buffer): XmlDocument {
  const { skeleton, blobs } = cutBlobs(asUtf8(body));
  const verdict = XMLValidator.validate(skeleton);
  if (verdict !== true) throw invalidXml(`${verdict.err.msg} (line ${verdict.err.line})`);

  const nodes = parse(skeleton);
  const root = nodes.map(toElement).find((element) => element !== undefined);
  if (root === undefined) throw invalidXml("there is no element in it");
  return {
    root,
    blob: (text) => (text.startsWith(PLACEHOLDER) ? blobs[Number(text.slice(1))] : undefined),
  };
}

/** The parser refuses the names that JavaScript objects are built on (`__proto__`, `constructor`). */
function parse(skeleton: string): OrderedNode[] {
  try {
    return parser.parse(skeleton) as OrderedNode[];
  } catch (thrown) {
    throw invalidXml(toError(thrown).message);
  }
}

function toElement(node: OrderedNode): XmlElement | undefined {
  const name = Object.keys(node).find((key) => key !== ATTRIBUTES);
  if (name === undefined || name === TEXT) return undefined;
  const content = node[name] as OrderedNode[];
  return new XmlElement(
    name,
    new Map(Object.entries((node[ATTRIBUTES] ?? {}) as Record<string, string>)),
    content.map(toElement).filter((child) => child !== undefined),
    content
      .map((child) => (typeof child[TEXT] === "string" ? child[TEXT] : ""))
      .join("")
      .trim(),
  );
}
