/** One element of a camera's XML, with the look-ups that its many spellings need. Values stay text. */
export class XmlElement {
  constructor(
    readonly name: string,
    readonly attributes: ReadonlyMap<string, string>,
    readonly children: readonly XmlElement[],
    /** Without surrounding blanks; "" where there is none. */
    readonly text: string,
  ) {}

  /** The first child of any of these names, which are alternatives; upper and lower case do not matter. */
  child(...names: string[]): XmlElement | undefined {
    const wanted = names.map((name) => name.toLowerCase());
    return this.children.find((child) => wanted.includes(child.name.toLowerCase()));
  }

  /** The text of a child; undefined where the child is missing or empty. */
  value(...names: string[]): string | undefined {
    const text = this.child(...names)?.text;
    return text === "" ? undefined : text;
  }

  /** The text of a child as a number; undefined where it is missing or no number. */
  number(...names: string[]): number | undefined {
    const text = this.value(...names);
    const number = text === undefined ? Number.NaN : Number(text);
    return Number.isFinite(number) ? number : undefined;
  }

  /** What really is in a list: the `count` beside it is not to be trusted (2 with a single item was seen). */
  get items(): XmlElement[] {
    return this.children.filter((child) => child.name.toLowerCase() === "item");
  }

  /** The element and everything below it, in document order. */
  *descendants(): Generator<XmlElement> {
    yield this;
    for (const child of this.children) yield* child.descendants();
  }
}
