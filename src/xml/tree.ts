import { XMLParser } from "fast-xml-parser";
import { toError } from "../core/errors";
import { numberIn } from "../core/fields";
import { decodeEntities, encodeEntities } from "./entities";
import { XmlError } from "./limits";
import { withoutMark } from "./parse";

/** A node in fast-xml-parser's ordered form: one key with the children, or `#text`; attributes under `:@`. */
type OrderedNode = Record<string, unknown>;

const TEXT = "#text";
const COMMENT = "#comment";
const CDATA = "#cdata";
const ATTRIBUTES = ":@";
const NAMESPACE = /^xmlns(:|$)/;

/** Interprets no values: unchanged nodes are written as they were read. */
const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: "",
  // A plate `0012345` or `1E10` is not a number.
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  processEntities: false,
  // The path of each element would cost time and is not used.
  jPath: false,
  textNodeName: TEXT,
  commentPropName: COMMENT,
  cdataPropName: CDATA,
});

/**
 * A document as a tree of elements. Writing keeps the order of elements and attributes, the namespaces, entities and
 * comments. Only line ends may change.
 */
export class XmlTree {
  readonly root: XmlElement;
  readonly #nodes: OrderedNode[];

  /** @throws {XmlError} the text is not XML, or contains no element */
  constructor(text: string) {
    try {
      this.#nodes = parser.parse(withoutMark(text)) as OrderedNode[];
    } catch (thrown) {
      // The parser refuses names with a meaning in JavaScript objects (`__proto__`, `constructor`).
      throw new XmlError(toError(thrown).message);
    }
    const [root] = elementsOf(this.#nodes);
    if (root === undefined) throw new XmlError("it contains no element");
    this.root = root;
  }

  toString(): string {
    return write(this.#nodes);
  }
}

/** One element. Look-ups accept several names, because spellings differ between devices. */
export class XmlElement {
  /** The name without its namespace prefix. */
  readonly name: string;
  readonly #node: OrderedNode;
  readonly #tag: string;
  readonly #lowerName: string;
  // Posts are read many times a second, and each element several times.
  #children: readonly XmlElement[] | undefined;
  #attributes: ReadonlyMap<string, string> | undefined;
  #text: string | undefined;

  constructor(node: OrderedNode, tag: string) {
    this.name = withoutPrefix(tag);
    this.#node = node;
    this.#tag = tag;
    this.#lowerName = this.name.toLowerCase();
  }

  /** The text directly in the element, without surrounding blanks; "" if there is none. */
  get text(): string {
    return (this.#text ??= this.#content.map(textIn).join("").trim());
  }

  set text(text: string) {
    this.#change([{ [TEXT]: encodeEntities(text) }]);
  }

  /** The attributes by name, without namespace declarations and prefixes. The values have no surrounding blanks. */
  get attributes(): ReadonlyMap<string, string> {
    return (this.#attributes ??= attributesOf(this.#node));
  }

  get children(): readonly XmlElement[] {
    return (this.#children ??= elementsOf(this.#content));
  }

  /** Returns the first child with any of these names. Upper and lower case do not matter. */
  child(...names: string[]): XmlElement | undefined {
    const alternatives = names.map((name) => name.toLowerCase());
    return this.children.find((child) => alternatives.includes(child.#lowerName));
  }

  /** Returns the text of a child; undefined if the child is missing or empty. */
  value(...names: string[]): string | undefined {
    const text = this.child(...names)?.text;
    return text === "" ? undefined : text;
  }

  /** Returns the text of a child as a number; undefined if it is missing or not a number. */
  number(...names: string[]): number | undefined {
    return numberIn(this.value(...names));
  }

  /** The children named `item`. The `count` beside a list is not reliable (2 with a single item was seen). */
  get items(): XmlElement[] {
    return this.children.filter((child) => child.#lowerName === "item");
  }

  /** Iterates over the element and all its descendants, in document order. */
  *descendants(): Generator<XmlElement, void> {
    yield this;
    for (const child of this.children) yield* child.descendants();
  }

  /** Returns a copy of the element with only the given descendants as its children. */
  holding(...children: XmlElement[]): XmlElement {
    return new XmlElement({ ...this.#node, [this.#tag]: children.map((child) => child.#node) }, this.#tag);
  }

  /** Appends an element in the same namespace, with one child element for each field. */
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
    this.#text = undefined;
  }
}

function attributesOf(node: OrderedNode): ReadonlyMap<string, string> {
  const entries = Object.entries((node[ATTRIBUTES] ?? {}) as Record<string, string>);
  const own = entries.filter(([name]) => !NAMESPACE.test(name));
  return new Map(own.map(([name, value]) => [withoutPrefix(name), decodeEntities(value.trim())]));
}

function elementsOf(nodes: readonly OrderedNode[]): XmlElement[] {
  return nodes.flatMap((node) => {
    const tag = tagOf(node);
    return tag === undefined || tag.startsWith("#") || tag.startsWith("?") ? [] : [new XmlElement(node, tag)];
  });
}

/** Returns the decoded characters of a text or a CDATA section. */
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
  const local = name.slice(name.indexOf(":") + 1);
  // The parser refuses this name, but only without a prefix. As a field it would set the prototype of a copy.
  return local === "__proto__" ? name : local;
}
