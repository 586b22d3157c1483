import type { Operation } from "../../../src/hcp/catalogue/types";

/** Rows of the list during a search. */
const ROWS = 8;

/**
 * A list of operations under the headings of the guide, and a search field. The search lists operations that contain
 * all words.
 */
export class OperationSelect {
  readonly #select: JQuery;
  readonly #search: JQuery;
  readonly #customLabel: string;
  #operations: readonly Operation[] = [];

  /**
   * @param select a `<select>`; it keeps its value until the operations are loaded
   * @param value the chosen operation, `custom` for a path outside the catalogue
   */
  constructor(select: JQuery, search: JQuery, value: string, customLabel: string) {
    this.#select = select;
    this.#search = search;
    this.#customLabel = customLabel;
    this.#fill(value);
    search.on("input", () => {
      this.#fill(this.value);
    });
    select.on("change", () => {
      // After a choice, the list is one line again.
      search.val("");
      this.#fill(this.value);
    });
  }

  get value(): string {
    return String(this.#select.val() ?? "custom");
  }

  /** Returns the chosen operation; undefined for a path outside the catalogue. */
  get operation(): Operation | undefined {
    return this.#operations.find(({ id }) => id === this.value);
  }

  setOperations(operations: readonly Operation[]): void {
    this.#operations = operations;
    this.#fill(this.value);
  }

  #fill(value: string): void {
    const words = String(this.#search.val()).toLowerCase().split(/\s+/).filter(Boolean);
    const found = this.#operations.filter((operation) => {
      const { id, group, summary } = operation;
      const text = `${id} ${group} ${summary}`.toLowerCase();
      return id === value || words.every((word) => text.includes(word));
    });
    const groups = [...new Set(found.map(({ group }) => group))];
    this.#select
      .empty()
      .append(option("custom", this.#customLabel))
      .append(
        groups.map((group) =>
          $("<optgroup>")
            .attr("label", group)
            .append(
              found
                .filter((operation) => operation.group === group)
                .map(({ id, summary }) => option(id, `${summary} \u2013 ${id}`)),
            ),
        ),
      );
    // The value is from a later catalogue, or the catalogue is not loaded yet.
    if (value !== "custom" && !found.some(({ id }) => id === value))
      this.#select.append(option(value, value));
    this.#select.val(value).attr("size", words.length === 0 ? 1 : ROWS);
    this.#select.css("height", words.length === 0 ? "" : "auto");
  }
}

function option(value: string, text: string): JQuery {
  return $("<option>").val(value).text(text);
}
