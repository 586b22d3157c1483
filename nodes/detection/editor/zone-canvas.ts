/** A zone while it is being drawn. It may have fewer than three points. */
export interface DraftZone {
  name: string;
  /** 0..1 of the image */
  points: [x: number, y: number][];
}

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 1600;
const HANDLE = 14;

/**
 * The image on which the user draws zones: a click adds a corner to the selected zone, a drag moves a corner, and a
 * double click removes it.
 */
export class ZoneCanvas {
  readonly element = create("svg", {
    width: "100%",
    style:
      "display: block; touch-action: none; cursor: crosshair; background: var(--red-ui-secondary-background);" +
      "border: 1px solid var(--red-ui-form-input-border-color); border-radius: 4px",
  });
  readonly #onChange: () => void;
  readonly #image = create("image", { width: WIDTH, preserveAspectRatio: "none" });
  readonly #shapes = create("g", {});
  #height = (WIDTH * 9) / 16;
  #zones: readonly DraftZone[] = [];
  #selected: DraftZone | undefined;

  /** @param onChange is called after each change by the user */
  constructor(onChange: () => void) {
    this.#onChange = onChange;
    this.element.append(this.#image, this.#shapes);
    this.element.addEventListener("pointerdown", (event) => {
      this.#press(event);
    });
    this.element.addEventListener("dblclick", (event) => {
      this.#removeAt(event);
    });
    this.#setHeight(this.#height);
  }

  get selected(): DraftZone | undefined {
    return this.#selected;
  }

  draw(zones: readonly DraftZone[], selected: DraftZone | undefined): void {
    this.#zones = zones;
    this.#selected = selected;
    const others = zones.filter((zone) => zone !== selected);
    this.#shapes.replaceChildren(
      ...others.map((zone) => this.#outline(zone, false)),
      ...(selected === undefined ? [] : [this.#outline(selected, true), ...this.#handles(selected)]),
    );
  }

  /** Shows an image below the zones and keeps its proportions. */
  setImage(file: File): void {
    const url = URL.createObjectURL(file);
    this.#image.addEventListener(
      "load",
      () => {
        URL.revokeObjectURL(url);
      },
      { once: true },
    );
    const image = new Image();
    image.onload = () => {
      this.#image.setAttribute("href", url);
      this.#setHeight((WIDTH * image.naturalHeight) / image.naturalWidth);
    };
    image.src = url;
  }

  #setHeight(height: number): void {
    this.#height = height;
    this.#image.setAttribute("height", String(height));
    this.element.setAttribute("viewBox", `0 0 ${WIDTH} ${height}`);
    this.draw(this.#zones, this.#selected);
  }

  #outline({ name, points }: DraftZone, isSelected: boolean): SVGElement {
    const corners = points.map(([x, y]) => `${x * WIDTH},${y * this.#height}`).join(" ");
    const shape = create("polygon", {
      points: corners,
      style:
        "fill: var(--red-ui-node-selected-color); stroke: var(--red-ui-node-selected-color);" +
        `fill-opacity: ${isSelected ? 0.25 : 0.08}; stroke-width: ${isSelected ? 5 : 3}`,
    });
    const title = create("title", {});
    title.textContent = name;
    shape.append(title);
    return shape;
  }

  #handles(zone: DraftZone): SVGElement[] {
    return zone.points.map(([x, y], index) => {
      const handle = create("circle", {
        cx: x * WIDTH,
        cy: y * this.#height,
        r: HANDLE,
        style:
          "cursor: move; fill: var(--red-ui-primary-background); stroke: var(--red-ui-node-selected-color); stroke-width: 5",
      });
      handle.addEventListener("pointerdown", (event) => {
        event.stopPropagation();
        this.#drag(zone, index, event);
      });
      return handle;
    });
  }

  /** Adds a corner to the selected zone after a click beside its corners. */
  #press(event: PointerEvent): void {
    if (event.button !== 0) return;
    const zone = this.#selected ?? { name: "zone 1", points: [] };
    zone.points.push(this.#pointAt(event));
    this.#changed(zone);
    this.#drag(zone, zone.points.length - 1, event);
  }

  /** Removes a corner. A listener at the corner would be lost: corners are redrawn with each move, even between two clicks. */
  #removeAt(event: MouseEvent): void {
    const zone = this.#selected;
    const [x, y] = this.#pointAt(event);
    const index = zone?.points.findIndex(
      (point) => Math.hypot((point[0] - x) * WIDTH, (point[1] - y) * this.#height) <= 2 * HANDLE,
    );
    if (zone === undefined || index === undefined || index < 0) return;
    zone.points.splice(index, 1);
    this.#changed(zone);
  }

  #drag(zone: DraftZone, index: number, { pointerId }: PointerEvent): void {
    const move = (event: PointerEvent): void => {
      if (event.pointerId !== pointerId) return;
      zone.points[index] = this.#pointAt(event);
      this.#changed(zone);
    };
    const release = new AbortController();
    const end = (): void => {
      release.abort();
    };
    // Listens on the window, so that the corner follows a pointer outside the image, along its edge.
    window.addEventListener("pointermove", move, release);
    window.addEventListener("pointerup", end, release);
    window.addEventListener("pointercancel", end, release);
  }

  #changed(zone: DraftZone): void {
    this.draw(this.#zones, zone);
    this.#onChange();
  }

  #pointAt(event: MouseEvent): [number, number] {
    const { left, top, width, height } = this.element.getBoundingClientRect();
    return [part((event.clientX - left) / width), part((event.clientY - top) / height)];
  }
}

/** Returns 0..1, rounded to thousandths: more precise than a user can point. */
function part(value: number): number {
  return Math.round(Math.min(1, Math.max(0, value)) * 1000) / 1000;
}

function create<Name extends keyof SVGElementTagNameMap>(
  name: Name,
  attributes: Record<string, string | number>,
): SVGElementTagNameMap[Name] {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}
