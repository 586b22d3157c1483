import { XMLParser } from "fast-xml-parser";
import { toError } from "../core/errors";
import { numberIn } from "../core/fields";
import { decodeEntities, encodeEntities } from "./entities";
import { XmlError } from "./limits";
import { withoutMark } from "./parse";

/** fast-xml-parser's ordered form: one key with the children, or `#text`; attributes under `:@`. */
type OrderedNode = Record<string, unknown>;

const TEXT = "#text";
const COMMENT = "#comment";
const CDATA = "#cdata";
const ATTRIBUTES = ":@";
const NAMESPACE = /^xmlns(:|$)/;

/** Nothing is interpreted: what stays unchanged is written as it was read. */
const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: "",
  // A plate `0012345` or `1E10` is not a number.
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  processEntities: false,
  // Nothing here needs the path of an element, which would be built for each of them.
  jPath: false,
  textNodeName: TEXT,
  commentPropName: COMMENT,
  cdataPropName: CDATA,
});

/**
 * A document as a tree of elements. Written again, it keeps the order of its elements, attributes, namespaces,
 * entities and comments; only ends of lines may change.
 */
export class XmlTree {
  readonly root: XmlElement;
  readonly #nodes: OrderedNode[];

  /** @throws {XmlError} not XML, or without an element */
  constructor(text: string) {
    try {
      this.#nodes = parser.parse(withoutMark(text)) as OrderedNode[];
    } catch (thrown) {
      // The parser refuses the names that JavaScript objects are built on (`__proto__`, `constructor`).
      throw new XmlError(toError(thrown).message);
    }
    const [root] = elementsOf(this.#nodes);
    if (root === undefined) throw new XmlError("there is no element in it");
    this.root = root;
  }

  toString(): string {
    return write(this.#nodes);
  }
}

/** One element, with the look-ups that devices' many spellings need, and the few changes that documents need. */
export class XmlElement {
  readonly #node: OrderedNode;
  readonly #tag: string;
  #children: readonly XmlElement[] | undefined;

  constructor(node: OrderedNode, tag: string) {
    this.#node = node;
    this.#tag = tag;
  }

  /** Without a namespace prefix. */
  get name(): string {
    return withoutPrefix(this.#tag);
  }

  /** The text directly in the element, without surrounding blanks; "" where there is none. */
  get text(): string {
    return this.#content.map(textIn).join("").trim();
  }

  set text(text: string) {
    this.#change([{ [TEXT]: encodeEntities(text) }]);
  }

  /** Without declarations of namespaces. The names have no namespace prefix, and the values no surrounding blanks. */
  get attributes(): ReadonlyMap<string, string> {
    const entries = Object.entries((this.#node[ATTRIBUTES] ?? {}) as Record<string, string>);
    const own = entries.filter(([name]) => !NAMESPACE.test(name));
    return new Map(own.map(([name, value]) => [withoutPrefix(name), decodeEntities(value.trim())]));
  }

  get children(): readonly XmlElement[] {
    return (this.#children ??= elementsOf(this.#content));
  }

  /** The first child of any of these names, which are alternatives; upper and lower case do not matter. */
  child(...names: string[]): XmlElement | undefined {
    const alternatives = names.map((name) => name.toLowerCase());
    return this.children.find((child) => alternatives.includes(child.name.toLowerCase()));
  }

  /** The text of a child; undefined where the child is missing or empty. */
  value(...names: string[]): string | undefined {
    const text = this.child(...names)?.text;
    return text === "" ? undefined : text;
  }

  /** The text of a child as a number; undefined where it is missing or not a number. */
  number(...names: string[]): number | undefined {
    return numberIn(this.value(...names));
  }

  /** The children named `item`. The `count` beside a list is not reliable (2 with a single item was seen). */
  get items(): XmlElement[] {
    return this.children.filter((child) => child.name.toLowerCase() === "item");
  }

  /** The element and everything below it, in document order. */
  *descendants(): Generator<XmlElement, void> {
    yield this;
    for (const child of this.children) yield* child.descendants();
  }

  /** A copy of the element that holds only these of its descendants. */
  holding(...children: XmlElement[]): XmlElement {
    return new XmlElement({ ...this.#node, [this.#tag]: children.map((child) => child.#node) }, this.#tag);
  }

  /** Adds an element behind the others, in the same namespace, with one element for each field in it. */
  append(name: string, fields: Readonly<Record<string, string>>): void {
    const prefix = this.#tag.slice(0, this.#tag.indexOf(":") + 1);
    const content = Object.entries(fields).map(([field, text]) => ({
      [prefix + field]: [{ [TEXT]: encodeEntities(text) }],
    }));
    this.#change([...this.#content, { [prefix + name]: content }]);
  }

  remove(element: XmlElement): void {
    this.#change(this.#content.filter((child) => child !== element.#node));
  }

  get #content(): readonly OrderedNode[] {
    return this.#node[this.#tag] as OrderedNode[];
  }

  #change(content: OrderedNode[]): void {
    this.#node[this.#tag] = content;
    this.#children = undefined;
  }
}

function elementsOf(nodes: readonly OrderedNode[]): XmlElement[] {
  return nodes.flatMap((node) => {
    const tag = tagOf(node);
    return tag === undefined || /^[#?]/.test(tag) ? [] : [new XmlElement(node, tag)];
  });
}

/** The characters that a text or a CDATA section stands for. */
function textIn(node: OrderedNode): string {
  const text = node[TEXT];
  if (typeof text === "string") return decodeEntities(text);
  return ((node[CDATA] ?? []) as OrderedNode[]).map((part) => String(part[TEXT])).join("");
}

function write(nodes: readonly OrderedNode[]): string {
  return nodes
    .map((node) => {
      if (typeof node[TEXT] === "string") return node[TEXT];
      const tag = tagOf(node) ?? "";
      const content = write(node[tag] as OrderedNode[]);
      if (tag === COMMENT) return `<!--${content}-->`;
      if (tag === CDATA) return `<![CDATA[${content}]]>`;
      const attributes = Object.entries((node[ATTRIBUTES] ?? {}) as Record<string, string>)
        .map(([name, value]) => (value.includes('"') ? ` ${name}='${value}'` : ` ${name}="${value}"`))
        .join("");
      return tag.startsWith("?") ? `<${tag}${attributes}?>` : `<${tag}${attributes}>${content}</${tag}>`;
    })
    .join("");
}

function tagOf(node: OrderedNode): string | undefined {
  for (const key in node) if (key !== ATTRIBUTES) return key;
  return undefined;
}

function withoutPrefix(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}
