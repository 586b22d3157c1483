import { SurveillanceError } from "../../core/errors";

/** Colours that differ clearly from each other and from the scenes of cameras. */
const palette = [
  "#ff3b30",
  "#34c759",
  "#ffcc00",
  "#00c7ff",
  "#ff2d95",
  "#b4ff39",
  "#ff9500",
  "#a46bff",
  "#00e5b0",
  "#ffffff",
];

/** Only a colour may enter the SVG of the drawing. */
const colourPattern = /^(#([0-9a-f]{3}|[0-9a-f]{6})|[a-z]{3,20})$/i;

/** Returns the colour of a label: the user's, or a fixed one that is the same on every image. */
export type ColourOf = (label: string) => string;

/**
 * Reads the user's colours.
 * @param entries `label=colour`, where a colour is `#rgb`, `#rrggbb` or a CSS name; labels in any case
 * @throws {SurveillanceError} CONFIG_INVALID, naming the entry
 */
export function parseColours(entries: readonly string[]): ColourOf {
  const chosen = new Map(entries.map(parseEntry));
  return (label) => {
    const key = label.toLowerCase();
    return chosen.get(key) ?? palette[hashOf(key) % palette.length] ?? "#ffffff";
  };
}

function parseEntry(entry: string): [label: string, colour: string] {
  const at = entry.lastIndexOf("=");
  const label = entry.slice(0, Math.max(0, at)).trim().toLowerCase();
  const colour = entry.slice(at + 1).trim();
  if (label !== "" && colourPattern.test(colour)) return [label, colour];
  throw new SurveillanceError("CONFIG_INVALID", `Invalid colour "${entry}".`, {
    advice: "Use label=colour, for example person=#00ff00 or no_helmet=red.",
  });
}

/** FNV-1a, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}
