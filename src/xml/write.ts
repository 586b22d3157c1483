import { SurveillanceError } from "../core/errors";
import { encodeEntities } from "./entities";

/**
 * Writes an object with one key, the root element, as XML. Keys that begin with `@` are attributes, `#text` is text.
 *
 * @param rootAttributes default attributes of the root
 * @throws {SurveillanceError} CONFIG_INVALID: not exactly one root element, or a key that is not a valid element name
 */
export function writeXml(
  document: Record<string, unknown>,
  rootAttributes: Readonly<Record<`@${string}`, string>>,
): string {
  const [root, ...others] = Object.keys(document);
  if (root === undefined || others.length > 0) {
    throw new SurveillanceError(
      "CONFIG_INVALID",
      `An XML body needs exactly one root element, but the object has ${Object.keys(document).length}.`,
      { advice: 'Wrap it: {"PTZData": {…}}.' },
    );
  }
  const content = document[root];
  const isObject = typeof content === "object" && content !== null && !Array.isArray(content);
  const wrapped = isObject ? content : { "#text": content };
  return `<?xml version="1.0" encoding="UTF-8"?>\n${writeElement(root, { ...rootAttributes, ...wrapped })}`;
}

function writeElement(name: string, value: unknown): string {
  if (!/^[A-Za-z_][\w.:-]*$/.test(name)) {
    throw new SurveillanceError("CONFIG_INVALID", `"${name}" is not a valid name of an XML element.`);
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
