import { SurveillanceError } from "../../core/errors";
import { XmlError } from "../../xml/limits";
import { parseFields, type XmlFields } from "../../xml/parse";
import { XmlTree } from "../../xml/tree";
import { writeXml } from "../../xml/write";
import { isFields, type Fields } from "../../core/fields";

export type { XmlFields } from "../../xml/parse";

const ROOT_ATTRIBUTES = { "@version": "2.0", "@xmlns": "http://www.hikvision.com/ver20/XMLSchema" } as const;

/**
 * Parses a device's XML.
 *
 * @param options.attributes keep attributes as `@name`. An element with attributes and text has its text in `#text`.
 * @throws {SurveillanceError} ISAPI_REPLY: too large, too deep, a document type, or not XML
 */
export function parseXml(text: string, options: { attributes?: boolean } = {}): XmlFields {
  return readable(() => parseFields(text, options));
}

/**
 * Parses a device's document, to change one place in it and send it back.
 *
 * @throws {SurveillanceError} ISAPI_REPLY as {@link parseXml} does
 */
export function parseXmlTree(text: string): XmlTree {
  return readable(() => {
    // Checks the limits. The parser of the tree does not check them.
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
 * Returns the content of a document's root element.
 *
 * @param expected the name of the root element; its spelling depends on the firmware
 * @throws {SurveillanceError} ISAPI_REPLY for another document, for example a web page
 */
export function contentOf({ root, value }: XmlFields, expected: RegExp): Fields {
  if (expected.test(root)) return isFields(value) ? value : {};
  throw new SurveillanceError("ISAPI_REPLY", `unexpected document "${root}".`);
}

/**
 * Writes an object with one key, the root element, as XML. Keys that begin with `@` are attributes. Adds the version
 * and namespace that devices require, unless the root element has its own.
 *
 * @throws {SurveillanceError} CONFIG_INVALID: not exactly one root element
 */
export function buildXml(document: Record<string, unknown>): string {
  return writeXml(document, ROOT_ATTRIBUTES);
}
