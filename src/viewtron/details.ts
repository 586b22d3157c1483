import type { XmlElement } from "./element";
import { isPictureText } from "./images";
import type { XmlDocument } from "./xml";

/** What the firmware declares of its own data types, in every element and in the block `types`: no facts. */
const DECLARATIONS = new Set(["type", "min", "max", "xmlns"]);
const TYPES = "types";

/**
 * The vendor's fields as an object, text kept as text: a list becomes an array of its items, an element with an id
 * `{ id, value }`. Pictures and the firmware's declarations are left out.
 */
export function detailsOf(root: XmlElement, blob: XmlDocument["blob"]): Record<string, unknown> {
  const values = new Map<string, unknown[]>();
  for (const child of root.children) {
    if (child.name === TYPES || isPictureText(child)) continue;
    const value = valueOf(child, blob);
    const others = values.get(child.name);
    if (others === undefined) values.set(child.name, [value]);
    else others.push(value);
  }
  return Object.fromEntries([...values].map(([name, all]) => [name, all.length === 1 ? all[0] : all]));
}

function valueOf(element: XmlElement, blob: XmlDocument["blob"]): unknown {
  const attributes = [...element.attributes].filter(([name]) => !DECLARATIONS.has(name));
  if (element.items.length > 0 && element.items.length === element.children.length) {
    return element.items.map((item) => valueOf(item, blob));
  }
  if (element.children.length > 0) {
    // The count of a list is no fact beside the list itself.
    const kept = attributes.filter(([name]) => name !== "count");
    return { ...Object.fromEntries(kept), ...detailsOf(element, blob) };
  }
  const text = blob(element.text)?.toString("utf8") ?? element.text;
  const [first, ...others] = attributes;
  if (first === undefined) return text;
  // `<PlateConfidence count="9900"/>`: the value is in the attribute.
  if (others.length === 0 && first[0] === "count") return text === "" ? first[1] : text;
  return { ...Object.fromEntries(attributes), value: text };
}
