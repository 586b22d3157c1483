import type { XmlElement } from "../xml/tree";
import { isImageText } from "./images";
import type { PostedXml } from "../xml/posted-body";

/** Declarations of the firmware's data types, in every element and in the block `types`. They carry no values. */
const DECLARATIONS = new Set(["type", "min", "max", "xmlns"]);
const TYPES = "types";

/**
 * Returns the vendor's fields as an object. Text stays text, a list becomes an array of its items, an element with an
 * id becomes `{ id, value }`. Images and the firmware's declarations are left out.
 */
export function detailsOf(root: XmlElement, longText: PostedXml["longText"]): Record<string, unknown> {
  const values = new Map<string, unknown[]>();
  for (const child of root.children) {
    if (child.name === TYPES || isImageText(child)) continue;
    const value = valueOf(child, longText);
    const others = values.get(child.name);
    if (others === undefined) values.set(child.name, [value]);
    else others.push(value);
  }
  return Object.fromEntries([...values].map(([name, all]) => [name, all.length === 1 ? all[0] : all]));
}

function valueOf(element: XmlElement, longText: PostedXml["longText"]): unknown {
  const attributes = [...element.attributes].filter(([name]) => !DECLARATIONS.has(name));
  if (element.items.length > 0 && element.items.length === element.children.length) {
    return element.items.map((item) => valueOf(item, longText));
  }
  if (element.children.length > 0) {
    // The count of a list is redundant.
    const kept = attributes.filter(([name]) => name !== "count");
    return { ...Object.fromEntries(kept), ...detailsOf(element, longText) };
  }
  const text = longText(element.text)?.toString("utf8") ?? element.text;
  const [first, ...others] = attributes;
  if (first === undefined) return text;
  // `<PlateConfidence count="9900"/>`: the value is in the attribute.
  if (others.length === 0 && first[0] === "count") return text === "" ? first[1] : text;
  return { ...Object.fromEntries(attributes), value: text };
}

/** Numbers of targets by direction, and of targets inside. The camera counts until it is reset. */
export type Counts = Partial<Record<"enter" | "leave" | "exist", Record<string, number>>>;

/** `enterPersonCount`, `leaveCarCount`, `existBikeCount` */
const COUNTER = /^(enter|leave|exist)(person|car|bike)count$/i;
const labels: Record<string, string> = { person: "person", car: "car", bike: "motor" };

/**
 * Returns the counters of a line (`passLineCount`) or an area as numbers by direction and label.
 *
 * @returns undefined if the post has none: recorders report each crossing without a total
 */
export function countsOf(config: XmlElement): Counts | undefined {
  const counts: Counts = {};
  for (const { name, text } of config.descendants()) {
    const [, way, what] = COUNTER.exec(name) ?? [];
    if (way === undefined || what === undefined || !/^\d+$/.test(text)) continue;
    const direction = way.toLowerCase() as keyof Counts;
    const label = labels[what.toLowerCase()] ?? what;
    counts[direction] = { ...counts[direction], [label]: Number(text) };
  }
  return Object.keys(counts).length > 0 ? counts : undefined;
}
