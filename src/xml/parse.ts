import { XMLParser, type X2jOptions } from "fast-xml-parser";
import { toError } from "../core/errors";
import { decodeEntities } from "./entities";
import { limits, XmlError } from "./limits";

/** What stands in some other element than `…List` and may come more than once. */
const REPEATED = new Set(["Point", "searchMatchItem"]);

export interface XmlFields {
  /** The root element's name, without a namespace prefix. */
  root: string;
  /** Its content: text stays text, an element `…List` holds arrays, however few. Usually an object. */
  value: unknown;
}

const options: X2jOptions = {
  ignoreDeclaration: true,
  removeNSPrefix: true,
  parseTagValue: false,
  parseAttributeValue: false,
  processEntities: false,
  tagValueProcessor: (_name, text) => decodeEntities(text),
  attributeValueProcessor: (_name, text) => decodeEntities(text),
  maxNestedTags: limits.depth,
  attributeNamePrefix: "@",
  jPath: false,
  isArray: (name, path, _isLeaf, isAttribute) => {
    if (isAttribute || typeof path === "string") return false;
    return REPEATED.has(name) || (path.toArray().at(-2)?.endsWith("List") ?? false);
  },
};

const plain = new XMLParser({ ...options, ignoreAttributes: true });
const withAttributes = new XMLParser({
  ...options,
  // A namespace declaration loses its name together with the prefix.
  ignoreAttributes: (name) => name === "",
});

/**
 * Parses XML into plain objects. Namespaces are dropped, since devices disagree on them.
 *
 * @param attributes keep them, as `@name`; an element with attributes and text then has its text in `#text`
 * @throws {XmlError} too large, too deep, a document type, or not XML
 */
export function parseFields(text: string, { attributes = false } = {}): XmlFields {
  assertReadable(text);
  let parsed: Record<string, unknown>;
  try {
    const parser = attributes ? withAttributes : plain;
    parsed = parser.parse(withoutMark(text)) as Record<string, unknown>;
  } catch (thrown) {
    throw new XmlError(toError(thrown).message);
  }
  const root = Object.keys(parsed)[0];
  if (root === undefined) throw new XmlError("it has no root element");
  const value = parsed[root];
  return { root, value: attributes ? withNamespace(value, text) : value };
}

function assertReadable(text: string): void {
  const { documentCharacters: most } = limits;
  if (text.length > most) throw new XmlError(`it is larger than ${most} characters`);
  // Devices send none. It would only define entities that expand without end.
  if (/<!(DOCTYPE|ENTITY)/i.test(text)) throw new XmlError("it declares a document type");
}

/** The text without a byte order mark. */
export function withoutMark(text: string): string {
  return text.replace(/^\uFEFF/, "");
}

/** The parser drops the root's namespace with the prefixes; a device may want its own document back with it. */
function withNamespace(value: unknown, text: string): unknown {
  const namespace = /\sxmlns="([^"]*)"/.exec(/<[A-Za-z_][^>]*>/.exec(text)?.[0] ?? "")?.[1];
  if (namespace === undefined || typeof value !== "object" || value === null) return value;
  return { "@xmlns": namespace, ...value };
}
