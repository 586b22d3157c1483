import { oddText, prototypeNames } from "./mutate";
import type { Random } from "./random";

/** An element that a generator builds and changes before it is written. */
export interface Element {
  name: string;
  attributes: [name: string, value: string][];
  children: (Element | string)[];
}

/** Makes an element. A text child is written with its references escaped. */
export function element(
  name: string,
  children: (Element | string)[] | string = [],
  attributes: Record<string, string> = {},
): Element {
  return {
    name,
    attributes: Object.entries(attributes),
    children: typeof children === "string" ? [children] : children,
  };
}

/** Makes elements from an object: an array repeats its element. */
export function fieldsOf(fields: Record<string, unknown>): Element[] {
  return Object.entries(fields).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((each: unknown) =>
      typeof each === "object" && each !== null
        ? element(name, fieldsOf(each as Record<string, unknown>))
        : element(name, String(each)),
    ),
  );
}

function escape(text: string, random: Random): string {
  if (random.chance(0.02)) return text;
  if (random.chance(0.05)) return `<![CDATA[${text}]]>`;
  if (random.chance(0.02)) return text.replace(/[^]/g, (each) => `&#${each.charCodeAt(0)};`);
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;");
}

/** Writes a document in one of the ways of real and broken devices. */
export function writeDocument(root: Element, random: Random): Buffer {
  const prefix = random.chance(0.1) ? "tt:" : "";
  const indent = random.chance(0.3) ? "\r\n" : "";
  const write = (item: Element | string): string => {
    if (typeof item === "string") return escape(item, random);
    const attributes = item.attributes.map(([name, value]) => ` ${name}="${value.replace(/["<&]/g, "")}"`);
    const start = prefix + item.name + attributes.join("");
    if (item.children.length === 0 && random.chance(0.5)) return `<${start}/>${indent}`;
    const comment = random.chance(0.01) ? "<!-- <a> -->" : "";
    return `<${start}>${comment}${item.children.map(write).join("")}</${prefix}${item.name}>${indent}`;
  };
  const encoding = random.pick([
    "UTF-8",
    "UTF-8",
    "UTF-8",
    "UTF-8",
    "utf-8",
    "GBK",
    "ISO-8859-1",
    "x-none",
    "UTF-16",
  ]);
  const declaration = random.chance(0.7) ? `<?xml version="1.0" encoding="${encoding}"?>${indent}` : "";
  const mark = random.chance(0.05) ? "\ufeff" : "";
  const text = mark + declaration + write(root) + (random.chance(0.05) ? "\0" : "");
  return Buffer.from(text, encoding === "ISO-8859-1" ? "latin1" : "utf8");
}

const MAX_ELEMENTS = 400;

/** Changes one place of a document: a value, a name, the place or the number of an element. */
export function mutateXml(root: Element, random: Random): void {
  const all: { owner: Element; at: number; element: Element }[] = [];
  const collect = (owner: Element): void => {
    owner.children.forEach((child, at) => {
      if (typeof child === "string") return;
      all.push({ owner, at, element: child });
      collect(child);
    });
  };
  collect(root);
  if (all.length === 0) return;
  const { owner, at, element: chosen } = random.pick(all);
  // A copy, so that no element is inside of itself. Large documents do not grow further.
  const copy = (): Element => structuredClone(random.pick(all).element);
  if (all.length > MAX_ELEMENTS) return;
  const changes = [
    (): unknown => owner.children.splice(at, 1),
    (): unknown => owner.children.splice(at, 0, structuredClone(chosen)),
    (): unknown =>
      owner.children.push(
        ...Array.from({ length: random.pick([3, 3, 30, 100]) }, () => structuredClone(chosen)),
      ),
    (): unknown => (owner.children[at] = element(copy().name, [chosen])),
    (): unknown => (owner.children[at] = copy()),
    (): unknown => (chosen.name = random.pick(all).element.name),
    (): unknown => (chosen.name = random.pick([...prototypeNames, "item", "a:b", "a.b", "é", "x1", "_"])),
    (): unknown =>
      chosen.attributes.push([
        random.pick([...prototypeNames, "id", "type", "count", "xmlns"]),
        oddText(random),
      ]),
    (): unknown => (owner.children[at] = nested(chosen, random.pick([5, 30, 60]))),
    (): unknown => owner.children.reverse(),
  ];
  if (random.chance(0.6)) chosen.children = [oddText(random)];
  else random.pick(changes)();
}

function nested(inner: Element, depth: number): Element {
  let result = inner;
  for (let level = 0; level < depth; level += 1) result = element(inner.name, [result]);
  return result;
}
