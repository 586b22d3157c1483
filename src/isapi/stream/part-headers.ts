/** Far more than any device sends; what goes on beyond it is garbage. */
const MAX_HEADER_BYTES = 16 * 1024;

const NAME = /^[A-Za-z][A-Za-z0-9-]*$/;
/** Doorbells that answer once per event send a new response's status line in between. */
const STATUS_LINE = /^HTTP\/1\.[01] \d{3}/;

/** The header lines of one part, in lower case, bounded. */
export class PartHeaders {
  #values: Record<string, string> = {};
  #bytes = 0;
  /** Whether a blank line ended them. */
  ended = false;

  get values(): Record<string, string> {
    return this.#values;
  }

  get isEmpty(): boolean {
    return this.#bytes === 0;
  }

  /** @returns whether it was a header line; `overflow` when there are too many */
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

  /** The media type alone, in lower case; empty where none is declared. */
  get mediaType(): string {
    return (this.#values["content-type"] ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
  }

  get contentLength(): number | undefined {
    const text = this.#values["content-length"];
    return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
  }
}
