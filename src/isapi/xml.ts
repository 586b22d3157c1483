import { XMLParser, type X2jOptions } from "fast-xml-parser";
import { SurveillanceError } from "../core/errors";
import { isFields, type Fields } from "../core/fields";

/** Alerts nest seven deep, the deepest configuration documents about fifteen. */
const MAX_DEPTH = 48;
/** Parsing is synchronous: a larger document would be felt by every other flow. */
const MAX_XML_BYTES = 4 * 1024 * 1024;
/** What stands in some other element than `…List` and may come more than once. */
const REPEATED = new Set(["Point", "searchMatchItem"]);
const DEFAULT_NAMESPACE = "http://www.hikvision.com/ver20/XMLSchema";

export interface XmlDocument {
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
  // Entities are replaced here in one pass, so that nothing can expand into anything else.
  processEntities: false,
  tagValueProcessor: (_name, text) => decodeEntities(text),
  attributeValueProcessor: (_name, text) => decodeEntities(text),
  maxNestedTags: MAX_DEPTH,
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
  // What a namespace prefix is declared by has lost its name with the prefix.
  ignoreAttributes: (name) => name === "",
});

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** A lone `&`, as devices send it, stays one. */
function decodeEntities(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(
    /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(amp|lt|gt|quot|apos));/gi,
    (all, decimal, hex, name) => {
      if (typeof name === "string") return entities[name.toLowerCase()] ?? all;
      const code = typeof hex === "string" ? parseInt(hex, 16) : Number(decimal);
      return code <= 0x10ffff ? String.fromCodePoint(code) : all;
    },
  );
}

function encodeEntities(text: string): string {
  return text.replace(
    /[&<>"]/g,
    (character) => `&${{ "&": "amp", "<": "lt", ">": "gt" }[character] ?? "quot"};`,
  );
}

/**
 * Reads a device's XML. Namespaces are dropped, since devices disagree on them.
 *
 * @param attributes keep them, as `@name`; an element with attributes and text then has its text in `#text`
 * @throws {SurveillanceError} ISAPI_REPLY: too large, too deep, a document type, or no XML
 */
export function parseXml(text: string, { attributes = false } = {}): XmlDocument {
  if (text.length > MAX_XML_BYTES) throw unreadable(`it is larger than ${MAX_XML_BYTES} characters`);
  // Devices send none; it is only good for making entities that expand without end.
  if (/<!(DOCTYPE|ENTITY)/i.test(text)) throw unreadable("it declares a document type");
  let parsed: Record<string, unknown>;
  try {
    parsed = (attributes ? withAttributes : plain).parse(text.replace(/^\uFEFF/, "")) as Record<
      string,
      unknown
    >;
  } catch (thrown) {
    throw unreadable(thrown instanceof Error ? thrown.message : String(thrown));
  }
  const root = Object.keys(parsed)[0];
  if (root === undefined) throw unreadable("it has no root element");
  const value = parsed[root];
  return { root, value: attributes ? withNamespace(value, text) : value };
}

/**
 * The content of a document of which is known what it has to be.
 *
 * @param expected what its root element is called; firmware does not agree on the spelling
 * @throws {SurveillanceError} ISAPI_REPLY where it is another document, such as a web page
 */
export function contentOf({ root, value }: XmlDocument, expected: RegExp): Fields {
  if (expected.test(root)) return isFields(value) ? value : {};
  throw new SurveillanceError("ISAPI_REPLY", `another document came than was asked for: "${root}".`);
}

/** The parser drops the root's namespace with the prefixes; a device may want its own document back with it. */
function withNamespace(value: unknown, text: string): unknown {
  const namespace = /\sxmlns="([^"]*)"/.exec(/<[A-Za-z_][^>]*>/.exec(text)?.[0] ?? "")?.[1];
  if (namespace === undefined || typeof value !== "object" || value === null) return value;
  return { "@xmlns": namespace, ...value };
}

function unreadable(why: string): SurveillanceError {
  return new SurveillanceError("ISAPI_REPLY", `The device's XML cannot be read: ${why}.`);
}

/**
 * Writes an object with one key, the root element, as XML. Keys that begin with `@` are attributes. The root gets
 * the version and namespace that devices ask for, unless it has its own.
 *
 * @throws {SurveillanceError} CONFIG_INVALID: not exactly one root element
 */
export function buildXml(document: Record<string, unknown>): string {
  const [root, ...others] = Object.keys(document);
  if (root === undefined || others.length > 0) {
    throw new SurveillanceError(
      "CONFIG_INVALID",
      `An XML body needs one root element, but the object has ${root === undefined ? "none" : String(others.length + 1)}.`,
      { advice: 'Wrap it: {"PTZData": {…}}.' },
    );
  }
  const content = document[root];
  const isObject = typeof content === "object" && content !== null && !Array.isArray(content);
  const wrapped = isObject ? content : { "#text": content };
  const element = { "@version": "2.0", "@xmlns": DEFAULT_NAMESPACE, ...wrapped };
  return `<?xml version="1.0" encoding="UTF-8"?>\n${writeElement(root, element)}`;
}

function writeElement(name: string, value: unknown): string {
  if (!/^[A-Za-z_][\w.:-]*$/.test(name)) {
    throw new SurveillanceError("CONFIG_INVALID", `"${name}" cannot be the name of an XML element.`);
  }
  if (value === undefined) return "";
  if (Array.isArray(value)) return value.map((item) => writeElement(name, item)).join("");
  if (typeof value !== "object" || value === null) return `<${name}>${writeText(value)}</${name}>`;
  const entries = Object.entries(value);
  const attributes = entries
    .filter(([key]) => key.startsWith("@"))
    .map(([key, text]) => ` ${key.slice(1)}="${writeText(text)}"`);
  const content = entries
    .filter(([key]) => !key.startsWith("@"))
    .map(([key, child]) => (key === "#text" ? writeText(child) : writeElement(key, child)));
  return `<${name}${attributes.join("")}>${content.join("")}</${name}>`;
}

function writeText(value: unknown): string {
  return value === null || value === undefined
    ? ""
    : encodeEntities(typeof value === "string" ? value : JSON.stringify(value));
}
