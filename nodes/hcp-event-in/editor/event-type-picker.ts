import { eventTypes, findEventType, type HcpEventType } from "../../../src/hcp/event-types";

/** Translates a key of the node's catalogue. */
type Translate = (key: string, values?: Record<string, string | number>) => string;

/** A picker of event types: grouped by category, searched by name or code. A category can be chosen as a whole. */
export class EventTypePicker {
  readonly element = $("<div>");
  readonly #translate: Translate;
  readonly #chosen: Set<number>;
  readonly #search: JQuery;
  readonly #count = $("<span>").css({ color: "var(--red-ui-secondary-text-color)" });
  readonly #list = $("<div>").css({
    height: "230px",
    overflowY: "auto",
    marginTop: "5px",
    padding: "4px 8px",
    border: "1px solid var(--red-ui-form-input-border-color)",
    borderRadius: "4px",
    background: "var(--red-ui-form-input-background)",
    color: "var(--red-ui-form-text-color)",
  });

  constructor(chosen: readonly (number | string)[], translate: Translate) {
    this.#translate = translate;
    this.#chosen = new Set(chosen.map(Number).filter((code) => code > 0));
    this.#search = $("<input>")
      .attr({ type: "text", placeholder: translate("placeholder.search") })
      .css({ width: "100%" })
      .on("input", () => {
        this.#draw();
      })
      .on("keydown", (event) => {
        if (event.key !== "Enter") return;
        // Enter would close the dialog.
        event.preventDefault();
        this.#addTyped();
      });
    this.element.append(this.#search, this.#list, this.#count);
    this.#draw();
  }

  /** Returns the chosen codes, in order. */
  get codes(): number[] {
    return [...this.#chosen].sort((a, b) => a - b);
  }

  /** Adds codes that are typed in: versions newer than the guide have types that are not listed. */
  #addTyped(): void {
    const code = Number(this.#search.val());
    if (!Number.isInteger(code) || code <= 0) return;
    this.#chosen.add(code);
    this.#search.val("");
    this.#draw();
  }

  #draw(): void {
    const sought = String(this.#search.val()).trim().toLowerCase();
    const matching = eventTypes.filter(
      ({ code, name }) => String(code).includes(sought) || name.toLowerCase().includes(sought),
    );
    const unlisted = this.codes.filter((code) => findEventType(code) === undefined);
    const others = unlisted.map((code) => ({ code, name: "", category: "other" }));
    const categories = new Map<string, Pick<HcpEventType, "code" | "name">[]>();
    for (const type of [...others, ...matching]) {
      categories.set(type.category, [...(categories.get(type.category) ?? []), type]);
    }
    this.#list.empty();
    for (const [category, types] of categories) this.#list.append(this.#group(category, types));
    this.#showCount();
  }

  #group(category: string, types: readonly Pick<HcpEventType, "code" | "name">[]): JQuery {
    const group = $("<div>");
    const all = $("<input type='checkbox'>").attr("title", this.#translate("tip.all"));
    const refresh = (): void => {
      const count = types.filter(({ code }) => this.#chosen.has(code)).length;
      all.prop({ checked: count === types.length, indeterminate: count > 0 && count < types.length });
      this.#showCount();
    };
    const boxes = types.map(({ code, name }) => {
      const box = checkbox(this.#chosen.has(code), (checked) => {
        this.#choose(code, checked);
        refresh();
      });
      return { code, box, row: row(box, name === "" ? String(code) : `${name} · ${code}`, 18) };
    });
    all.on("change", () => {
      const checked = all.is(":checked");
      for (const { code, box } of boxes) {
        this.#choose(code, checked);
        box.prop("checked", checked);
      }
      refresh();
    });
    const heading = row(plain(all), this.#translate(`category.${category}`), 0).css({ fontWeight: "bold" });
    group.append(heading, ...boxes.map((entry) => entry.row));
    refresh();
    return group;
  }

  #choose(code: number, chosen: boolean): void {
    if (chosen) this.#chosen.add(code);
    else this.#chosen.delete(code);
  }

  #showCount(): void {
    const count = this.#chosen.size;
    this.#count.text(this.#translate(count === 0 ? "tip.every" : "tip.chosen", { count }));
  }
}

function checkbox(checked: boolean, onChange: (checked: boolean) => void): JQuery {
  const box = plain($("<input type='checkbox'>").prop("checked", checked));
  return box.on("change", () => {
    onChange(box.is(":checked"));
  });
}

/** Resets the width of a checkbox: the editor makes the inputs of a form as wide as the form. */
function plain(box: JQuery): JQuery {
  return box.css({ width: "auto", margin: "0 6px 0 0" });
}

function row(box: JQuery, text: string, indent: number): JQuery {
  return $("<label>")
    .css({ display: "block", width: "auto", margin: `2px 0 2px ${indent}px`, cursor: "pointer" })
    .append(box, $("<span>").text(text));
}
