import { XMLParser, type X2jOptions } from "fast-xml-parser";
import { toError } from "../core/errors";
import { decodeEntities } from "./entities";
import { limits, XmlError } from "./limits";

/** Elements that may occur more than once although their parent is not a `…List`. */
const REPEATED = new Set(["Point", "searchMatchItem"]);

export interface XmlFields {
  /** The root element's name, without a namespace prefix. */
  root: string;
  /** Its content: text stays text, an element `…List` always holds arrays. Usually an object. */
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
 * @param attributes whether to keep them, as `@name`; the text of an element with attributes is in `#text`
 * @throws {XmlError} the text is too large or too deep, has a document type, or is not XML
 */
export function parseFields(text: string, { attributes = false } = {}): XmlFields {
  assertReadable(text);
  let parsed: Record<string, unknown>;
  try {
    const parser = attributes ? withAttributes : plain;
    parsed = parser.parse(withoutMark(text)) as Record<string, unknown>;
  } catch (thrown) {
    throw new XmlError(reasonOf(thrown));
  }
  const root = Object.keys(parsed)[0];
  if (root === undefined) throw new XmlError("it has no root element");
  const value = parsed[root];
  return { root, value: attributes ? withNamespace(value, text) : value };
}

/** Returns the parser's message, without its quotation of the document and the name of a function of it. */
function reasonOf(thrown: unknown): string {
  const { message } = toError(thrown);
  return message.startsWith("readTagExp ")
    ? "it has a tag without an end"
    : message.split(" Context: ", 1).join("");
}

function assertReadable(text: string): void {
  const { documentCharacters: most } = limits;
  if (text.length > most) throw new XmlError(`it is larger than ${most} characters`);
  // Devices do not send one. Its entities could expand without end.
  if (/<!(DOCTYPE|ENTITY)/i.test(text)) throw new XmlError("it declares a document type");
}

/** Returns a text without its byte order mark. */
export function withoutMark(text: string): string {
  return text.replace(/^\uFEFF/, "");
}

/**
 * Restores the namespace of the root, which the parser drops: a device may require it when the document is sent back.
 */
function withNamespace(value: unknown, text: string): unknown {
  const namespace = /\sxmlns="([^"]*)"/.exec(/<[A-Za-z_][^>]*>/.exec(text)?.[0] ?? "")?.[1];
  if (namespace === undefined || typeof value !== "object" || value === null) return value;
  return { "@xmlns": namespace, ...value };
}
