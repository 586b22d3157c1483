import type { NormalisedBox } from "../../events";
import type { ImageSize } from "../../media/frame";
import type { Zone } from "../rules/zones";
import type { ColourOf } from "./colours";
import { GLYPH_ADVANCE, GLYPH_HEIGHT, isDrawable, textPath } from "./glyphs";

/** One object to draw. */
export interface Mark {
  label: string;
  /** 0..1 */
  score?: number | undefined;
  /** 0..1 of the image */
  box: NormalisedBox;
}

export interface Drawing {
  marks: readonly Mark[];
  zones: readonly Zone[];
  colourOf: ColourOf;
}

const ZONE_COLOUR = "#ffd60a";
/** More objects would only cover the image, and a huge drawing needs too much memory. */
const MAX_MARKS = 1000;
const MAX_LABEL = 60;

/** Returns the drawing as an SVG in the image's size. Lines and text grow with the image. */
export function overlayOf({ marks, zones, colourOf }: Drawing, size: ImageSize): string {
  const { width, height } = size;
  const line = Math.max(2, Math.round(Math.min(width, height) / 240));
  const dot = 1 + Math.round(Math.min(width, height) / 450);
  const shapes = [
    ...zones.map((zone) => zoneShape(zone, size, line, dot)),
    ...marks.slice(0, MAX_MARKS).map((mark) => markShape(mark, colourOf(mark.label), size, line, dot)),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${shapes.join("")}</svg>`;
}

function zoneShape({ name, points }: Zone, size: ImageSize, line: number, dot: number): string {
  const corners = points.map(([x, y]) => [x * size.width, y * size.height] as const);
  const [x, y] = corners.reduce((top, corner) => (corner[1] < top[1] ? corner : top));
  return (
    `<polygon points="${corners.map(([cx, cy]) => `${round(cx)},${round(cy)}`).join(" ")}" fill="${ZONE_COLOUR}" ` +
    `fill-opacity="0.12" stroke="${ZONE_COLOUR}" stroke-width="${line}" stroke-dasharray="${line * 4} ${line * 2}"/>` +
    plate(name, ZONE_COLOUR, x, y, size, dot)
  );
}

function markShape(
  { label, score, box }: Mark,
  colour: string,
  size: ImageSize,
  line: number,
  dot: number,
): string {
  // The line is inside the box, so that it is also visible at the edge of the image.
  const x = box.x * size.width + line / 2;
  const y = box.y * size.height + line / 2;
  const width = Math.max(0, box.width * size.width - line);
  const height = Math.max(0, box.height * size.height - line);
  const text = score === undefined ? label : `${label} ${score.toFixed(2)}`;
  return (
    `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" fill="none" ` +
    `stroke="${colour}" stroke-width="${line}"/>` +
    plate(text, colour, box.x * size.width, box.y * size.height, size, dot)
  );
}

/** Returns white text on a dark plate, with a stripe of the colour: readable on any image. The plate is above x, y. */
function plate(text: string, colour: string, x: number, y: number, image: ImageSize, dot: number): string {
  const shown = shorten(text);
  const padding = 2 * dot;
  const width = lengthOf(shown) * GLYPH_ADVANCE * dot + 3 * padding;
  const height = GLYPH_HEIGHT * dot + 2 * padding;
  const left = round(Math.max(0, Math.min(x, image.width - width)));
  const top = round(Math.max(0, y - height));
  return (
    `<g transform="translate(${left} ${top})"><rect width="${width}" height="${height}" fill="#000" fill-opacity="0.7"/>` +
    `<rect width="${padding}" height="${height}" fill="${colour}"/>` +
    `<g transform="translate(${2 * padding} ${padding}) scale(${dot})" fill="#fff">${writing(shown)}</g></g>`
  );
}

/** Returns text in the built-in font, or in a system font if the built-in one lacks a character. */
function writing(text: string): string {
  if (isDrawable(text)) return `<path shape-rendering="crispEdges" d="${textPath(text)}"/>`;
  return `<text y="${GLYPH_HEIGHT - 1}" font-family="sans-serif" font-size="${GLYPH_HEIGHT + 1}">${escapeXml(text)}</text>`;
}

/** Shortens a text by whole characters, because half a surrogate pair is not text. */
function shorten(text: string): string {
  const characters = Array.from(text);
  return characters.length > MAX_LABEL ? `${characters.slice(0, MAX_LABEL - 3).join("")}...` : text;
}

/** Returns the width in characters of the built-in font. Chinese, Japanese and Korean ones are about twice as wide. */
function lengthOf(text: string): number {
  return Array.from(text).reduce((sum, character) => sum + (character >= "\u2e80" ? 2 : 1), 0);
}

/** Escapes a text. Removes control characters and half surrogate pairs, which XML does not allow. */
function escapeXml(text: string): string {
  return Buffer.from(text)
    .toString()
    .replace(/[\p{Cc}\ufffe\uffff]/gu, " ")
    .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}
