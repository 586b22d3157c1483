/** Much more than any device sends. Longer headers are garbage. */
const MAX_HEADER_BYTES = 16 * 1024;

const NAME = /^[A-Za-z][A-Za-z0-9-]*$/;
/** Doorbells that respond once per event send the status line of a new response between two parts. */
const STATUS_LINE = /^HTTP\/1\.[01] \d{3}/;

/** The headers of one part: names in lower case, limited in size. */
export class PartHeaders {
  #values: Record<string, string> = {};
  #bytes = 0;
  /** Whether a blank line ended the headers. */
  ended = false;

  get values(): Record<string, string> {
    return this.#values;
  }

  get isEmpty(): boolean {
    return this.#bytes === 0;
  }

  /** @returns whether the line is a header; `overflow` if the headers are too long */
  add(line: string): boolean | "overflow" {
    if (STATUS_LINE.test(line)) {
      this.clear();
      return true;
    }
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(0, colon)).trimEnd();
    if (!NAME.test(name)) return false;
    if (this.#bytes + line.length > MAX_HEADER_BYTES) return "overflow";
    this.#bytes += line.length;
    this.#values[name.toLowerCase()] = line.slice(colon + 1).trim();
    return true;
  }

  clear(): void {
    this.#values = {};
    this.#bytes = 0;
    this.ended = false;
  }

  /** The media type without parameters, in lower case; empty if the part declares none. */
  get mediaType(): string {
    return (this.#values["content-type"] ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
  }

  get contentLength(): number | undefined {
    const text = this.#values["content-length"];
    return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
  }
}
