import { parseZones, type Zone } from "../../../src/vision/rules/zones";
import { ZoneCanvas, type DraftZone } from "./zone-canvas";

/** The value of a `zones` property: zones, JSON text, or the name of an environment variable. */
export type ZonesProperty = readonly Zone[] | string;

/** Tells whether a value is valid for a `zones` property. */
export function areZones(value: unknown): boolean {
  if (isVariable(value)) return true;
  try {
    parseZones(value);
    return true;
  } catch {
    return false;
  }
}

/**
 * The zone editor of an edit dialog: an image to draw on, a list of the zones, and the zones as JSON, for exact numbers
 * and to copy zones between nodes.
 */
export class ZoneEditor {
  readonly #canvas: ZoneCanvas;
  readonly #select = $('<select style="width: 130px">');
  readonly #name = $('<input type="text" style="width: 150px">');
  readonly #json = $('<textarea rows="4" style="width: 100%; font-family: monospace" spellcheck="false">');
  readonly #translate: (key: string) => string;
  #zones: DraftZone[] = [];

  /**
   * @param container an empty element of the dialog
   * @param value the node's property; may be JSON text, as in older flows
   * @param translate returns the text of a key in the node's catalogue
   */
  constructor(container: JQuery, value: unknown, translate: (key: string) => string) {
    this.#translate = translate;
    this.#canvas = new ZoneCanvas(() => {
      this.#show();
    });
    const bar = $('<div style="display: flex; gap: 5px; margin-bottom: 5px">').append(
      this.#select,
      this.#name.attr({ placeholder: translate("label.name"), "aria-label": translate("label.name") }),
      this.#button("plus", "zones.add", () => {
        this.#add();
      }),
      this.#button("trash", "zones.remove", () => {
        this.#remove();
      }),
      this.#imageButton(),
    );
    const tip = $('<div class="form-tips" style="max-width: none; margin: 5px 0">').text(
      translate("zones.tip"),
    );
    const label = translate("label.zones");
    this.#select.attr("aria-label", label);
    this.#json.attr("aria-label", `${label} (JSON)`);
    container.append(bar, this.#canvas.element, tip, this.#json);

    this.#select.on("change", () => {
      this.#open(Number(this.#select.val()));
    });
    this.#name.on("input", () => {
      const zone = this.#canvas.selected;
      if (zone !== undefined) zone.name = String(this.#name.val());
      this.#show();
    });
    this.#json.on("input", () => {
      this.#read(String(this.#json.val()));
    });
    this.#json.val(typeof value === "string" ? value : toJson((value as DraftZone[] | undefined) ?? []));
    this.#read(String(this.#json.val()));
  }

  /** The value to save. Invalid text is kept unchanged, and the node reports its error. */
  get value(): ZonesProperty {
    const text = String(this.#json.val()).trim();
    return areZones(text) && !isVariable(text) ? parseZones(text) : text;
  }

  #button(icon: string, titleKey: string, run: () => void): JQuery {
    const title = this.#translate(titleKey);
    return $('<button type="button" class="red-ui-button">')
      .attr({ title, "aria-label": title })
      .append($(`<i class="fa fa-${icon}">`))
      .on("click", run);
  }

  /** Returns the button that opens an image of the camera to draw on. It stays in the browser and is not saved. */
  #imageButton(): JQuery {
    const file = $<HTMLInputElement>('<input type="file" accept="image/*">');
    file.on("change", () => {
      const chosen = file[0]?.files?.[0];
      if (chosen !== undefined) this.#canvas.setImage(chosen);
    });
    return this.#button("picture-o", "zones.picture", () => file.trigger("click"));
  }

  #add(): void {
    const names = this.#zones.map(({ name }) => name);
    let number = this.#zones.length + 1;
    while (names.includes(`zone ${number}`)) number++;
    this.#zones.push({ name: `zone ${number}`, points: [] });
    this.#open(this.#zones.length - 1);
  }

  #remove(): void {
    this.#zones = this.#zones.filter((zone) => zone !== this.#canvas.selected);
    this.#open(0);
    this.#show();
  }

  #open(index: number): void {
    this.#canvas.draw(this.#zones, this.#zones[index]);
    this.#name.val(this.#canvas.selected?.name ?? "").prop("disabled", this.#canvas.selected === undefined);
    this.#list();
  }

  #list(): void {
    const options = this.#zones.map((zone, index) =>
      $("<option>")
        .val(index)
        .text(zone.name)
        .prop("selected", zone === this.#canvas.selected),
    );
    this.#select.empty().append(options);
  }

  /** Updates list and JSON with the drawing. A click on an image without zones has started one. */
  #show(): void {
    const drawn = this.#canvas.selected;
    if (drawn !== undefined && !this.#zones.includes(drawn)) this.#zones.push(drawn);
    if (drawn !== undefined) this.#name.val(drawn.name).prop("disabled", false);
    this.#list();
    this.#json.val(toJson(this.#zones)).toggleClass("input-error", !areZones(this.#json.val()));
  }

  #read(text: string): void {
    const isValid = areZones(text);
    this.#json.toggleClass("input-error", !isValid);
    if (!isValid) return;
    const zones = isVariable(text) ? [] : parseZones(text);
    this.#zones = zones.map(({ name, points }) => ({ name, points: points.map(([x, y]) => [x, y]) }));
    this.#open(0);
  }
}

function isVariable(value: unknown): boolean {
  return typeof value === "string" && /^\s*\$\{.+\}\s*$/.test(value);
}

/** One zone a line. */
function toJson(zones: readonly DraftZone[]): string {
  if (zones.length === 0) return "";
  return `[\n${zones.map(({ name, points }) => `  ${JSON.stringify({ name, points })}`).join(",\n")}\n]`;
}
