const MAX_DOCUMENT_BYTES = 256 * 1024;
/** `<Metadata …>`, or `<tt:MetadataStream …>` in ONVIF. No element inside a document matches. */
const ROOT = /^<((?:[\w.-]{1,40}:)?Metadata\w{0,40})[\s/>]/;
const LONGEST_ROOT = 91;
/** The beginning of a possible root tag. */
const BEGINNING = /^<[\w.:-]*$/;

/**
 * Cuts the bytes of a metadata track, in packets of any size, into its XML documents. It skips bytes between documents
 * (private headers, prologues, comments). It drops and counts a document whose end is missing.
 */
export class DocumentSplitter {
  #pending = Buffer.alloc(0);
  /** The position up to which the pending bytes have been searched for the end tag of this root. */
  #searched = 0;
  #searchedFor = "";
  /** The position up to which the pending document has been searched for another start. */
  #searchedForStart = 0;
  #damaged = 0;

  /** The number of incomplete documents so far. */
  get damaged(): number {
    return this.#damaged;
  }

  /** Adds a packet. @returns the documents that are now complete, each from its root element on */
  push(chunk: Buffer): string[] {
    this.#pending = Buffer.concat([this.#pending, chunk]);
    const documents: string[] = [];
    for (;;) {
      const name = this.#toRoot();
      if (name === undefined) break;
      const end = this.#endOf(name);
      const next = this.#nextStart(name, end ?? this.#pending.length);
      if (next !== undefined) {
        this.#damaged += 1;
        this.#drop(next);
      } else if (end !== undefined) {
        documents.push(this.#pending.toString("utf8", 0, end));
        this.#drop(end);
      } else {
        break;
      }
    }
    if (this.#pending.length > MAX_DOCUMENT_BYTES) {
      this.#damaged += 1;
      this.#drop(this.#pending.length);
    }
    return documents;
  }

  /**
   * Drops the bytes before the next root element.
   * @returns its name; undefined until it arrives
   */
  #toRoot(): string | undefined {
    for (;;) {
      const start = this.#pending.indexOf("<");
      this.#drop(start < 0 ? this.#pending.length : start);
      const beginning = this.#pending.toString("latin1", 0, LONGEST_ROOT);
      const name = ROOT.exec(beginning)?.[1];
      if (name !== undefined) return name;
      if (beginning === "" || (beginning.length < LONGEST_ROOT && BEGINNING.test(beginning)))
        return undefined;
      this.#drop(1);
    }
  }

  /** Returns the position after the root's end tag; undefined until it arrives. */
  #endOf(name: string): number | undefined {
    const startTag = this.#pending.indexOf(">");
    if (startTag < 0) return undefined;
    if (this.#pending.toString("latin1", startTag - 1, startTag) === "/") return startTag + 1;
    const tag = `</${name}`;
    if (this.#searchedFor !== name) this.#searched = 0;
    this.#searchedFor = name;
    for (;;) {
      const start = this.#pending.indexOf(tag, this.#searched);
      const close = start < 0 ? -1 : this.#pending.indexOf(">", start);
      if (close < 0) {
        this.#searched = start < 0 ? Math.max(0, this.#pending.length - tag.length) : start;
        return undefined;
      }
      // The end tag of an element with a longer name does not match.
      if (this.#pending.toString("latin1", start + tag.length, close).trim() === "") return close + 1;
      this.#searched = close;
    }
  }

  /** Returns the position of another document inside the current one: the end of the current one is missing. */
  #nextStart(name: string, end: number): number | undefined {
    const starts = new RegExp(`^<(\\?xml|${name.replace(/\./g, "\\.")}[\\s/>])`);
    const longest = name.length + 2;
    let at = Math.max(1, this.#searchedForStart);
    for (;;) {
      at = this.#pending.indexOf("<", at);
      if (at < 0 || at >= end) break;
      if (starts.test(this.#pending.toString("latin1", at, at + Math.max(5, longest)))) return at;
      at += 1;
    }
    // The last bytes may be the beginning of a start.
    this.#searchedForStart = Math.max(1, end - longest - 5);
    return undefined;
  }

  #drop(bytes: number): void {
    if (bytes === 0) return;
    this.#pending = this.#pending.subarray(bytes);
    // Many starts without an end cost linear time: bytes without an end tag are not searched again.
    this.#searched = Math.max(0, this.#searched - bytes);
    this.#searchedForStart = 0;
  }
}
