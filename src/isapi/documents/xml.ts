import { SurveillanceError } from "../../core/errors";
import { XmlError } from "../../xml/limits";
import { parseFields, type XmlFields } from "../../xml/parse";
import { XmlTree } from "../../xml/tree";
import { writeXml } from "../../xml/write";
import { isFields, type Fields } from "../../core/fields";

export type { XmlFields } from "../../xml/parse";

const ROOT_ATTRIBUTES = { "@version": "2.0", "@xmlns": "http://www.hikvision.com/ver20/XMLSchema" } as const;

/**
 * Reads a device's XML.
 *
 * @param attributes keep them, as `@name`; an element with attributes and text then has its text in `#text`
 * @throws {SurveillanceError} ISAPI_REPLY: too large, too deep, a document type, or not XML
 */
export function parseXml(text: string, options: { attributes?: boolean } = {}): XmlFields {
  return readable(() => parseFields(text, options));
}

/**
 * Reads a device's document that is to be changed in one place and sent back.
 *
 * @throws {SurveillanceError} ISAPI_REPLY as {@link parseXml} does
 */
export function parseXmlTree(text: string): XmlTree {
  return readable(() => {
    // Checks the limits, which the tree's parser does not know.
    parseFields(text);
    return new XmlTree(text);
  });
}

function readable<Document>(parse: () => Document): Document {
  try {
    return parse();
  } catch (thrown) {
    if (!(thrown instanceof XmlError)) throw thrown;
    throw new SurveillanceError("ISAPI_REPLY", `The device's XML cannot be read: ${thrown.message}.`);
  }
}

/**
 * The content of a document whose kind is known.
 *
 * @param expected the name of its root element; firmware does not agree on the spelling
 * @throws {SurveillanceError} ISAPI_REPLY for another document, such as a web page
 */
export function contentOf({ root, value }: XmlFields, expected: RegExp): Fields {
  if (expected.test(root)) return isFields(value) ? value : {};
  throw new SurveillanceError("ISAPI_REPLY", `another document came than was asked for: "${root}".`);
}

/**
 * Writes an object with one key, the root element, as XML. Keys that begin with `@` are attributes. The root gets
 * the version and namespace that devices require, unless it has its own.
 *
 * @throws {SurveillanceError} CONFIG_INVALID: not exactly one root element
 */
export function buildXml(document: Record<string, unknown>): string {
  return writeXml(document, ROOT_ATTRIBUTES);
}
