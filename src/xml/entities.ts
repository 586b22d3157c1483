const named: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
const LAST_CODE_POINT = 0x10ffff;

/**
 * Decodes the references to characters (XML 1.0, 4.1 and 4.6) in one pass, so that no reference expands into another.
 * A lone `&`, which devices send, stays.
 */
export function decodeEntities(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(
    /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(amp|lt|gt|quot|apos));/gi,
    (all, decimal, hex, name) => {
      if (typeof name === "string") return named[name.toLowerCase()] ?? all;
      const code = typeof hex === "string" ? parseInt(hex, 16) : Number(decimal);
      return code <= LAST_CODE_POINT ? String.fromCodePoint(code) : all;
    },
  );
}

export function encodeEntities(text: string): string {
  return text.replace(
    /[&<>"]/g,
    (character) => `&${{ "&": "amp", "<": "lt", ">": "gt" }[character] ?? "quot"};`,
  );
}
