import { XMLParser } from "fast-xml-parser";
import { parseXml } from "./xml";

type OrderedNode = Record<string, unknown>;

const TEXT = "#text";
const COMMENT = "#comment";
const CDATA = "#cdata";
const ATTRIBUTES = ":@";

/** Nothing is interpreted: what is not changed is written as it was read. */
const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: "",
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  processEntities: false,
  commentPropName: COMMENT,
  cdataPropName: CDATA,
});

/**
 * A device's document that is to be changed in one place and sent back: it keeps the order of its elements, attributes,
 * namespaces, entities and comments; only ends of lines may change.
 */
export class XmlTree {
  readonly root: XmlElement;
  readonly #nodes: OrderedNode[];

  /** @throws {SurveillanceError} ISAPI_REPLY as `parseXml` does */
  constructor(text: string) {
    // It knows what cannot be trusted, or is no document.
    parseXml(text);
    this.#nodes = parser.parse(text.replace(/^\uFEFF/, "")) as OrderedNode[];
    const [root] = elementsOf(this.#nodes);
    if (root === undefined) throw new TypeError("A document that was read has a root.");
    this.root = root;
  }

  toString(): string {
    return write(this.#nodes);
  }
}

export class XmlElement {
  readonly #node: OrderedNode;
  readonly #tag: string;

  constructor(node: OrderedNode, tag: string) {
    this.#node = node;
    this.#tag = tag;
  }

  /** Without a namespace prefix. */
  get name(): string {
    return this.#tag.slice(this.#tag.indexOf(":") + 1);
  }

  /** What is written in it, entities as they are, without blanks around. */
  get text(): string {
    return this.#children
      .map((child) => (typeof child[TEXT] === "string" ? child[TEXT] : ""))
      .join("")
      .trim();
  }

  set text(text: string) {
    this.#node[this.#tag] = [{ [TEXT]: text }];
  }

  get elements(): XmlElement[] {
    return elementsOf(this.#children);
  }

  child(name: string): XmlElement | undefined {
    return this.elements.find((element) => element.name === name);
  }

  /** It and all elements inside, in their order. */
  *all(): Generator<XmlElement, void> {
    yield this;
    for (const element of this.elements) yield* element.all();
  }

  /** Adds an element behind the others, in the same namespace, with one for each field in it. */
  append(name: string, fields: Readonly<Record<string, string>>): void {
    const prefix = this.#tag.slice(0, this.#tag.indexOf(":") + 1);
    const content = Object.entries(fields).map(([field, text]) => ({ [prefix + field]: [{ [TEXT]: text }] }));
    this.#children.push({ [prefix + name]: content });
  }

  remove(element: XmlElement): void {
    this.#node[this.#tag] = this.#children.filter((child) => child !== element.#node);
  }

  get #children(): OrderedNode[] {
    return this.#node[this.#tag] as OrderedNode[];
  }
}

function elementsOf(nodes: readonly OrderedNode[]): XmlElement[] {
  return nodes.flatMap((node) => {
    const tag = tagOf(node);
    return tag === undefined || /^[#?]/.test(tag) ? [] : [new XmlElement(node, tag)];
  });
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
  return Object.keys(node).find((key) => key !== ATTRIBUTES);
}
