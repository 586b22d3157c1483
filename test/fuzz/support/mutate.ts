import type { Random } from "./random";

/** Numbers as text at the edges of what a decoder expects. */
const numbers = [
  ...["0", "-0", "1", "-1", "0.5", "1.5", "100", "999", "1000", "1001", "10000", "-300", "65536"],
  ...["2147483648", "4294967296", "9007199254740993", "1e308", "-1e308", "1e-320", "1e999", "-1e999"],
  ...["NaN", "Infinity", "0x10", "0b1", "1_000", " 7 ", "7px", "+5", ".5", "5.", "９", "9".repeat(400)],
];
/** Names with a meaning in JavaScript objects. */
export const prototypeNames = [
  ...["__proto__", "constructor", "prototype", "toString", "valueOf", "hasOwnProperty", "toJSON", "length"],
];
const times = [
  ...["2026-05-04T08:20:30Z", "2026-05-04T08:20:60Z", "2026-05-04T24:00:00Z", "2026-02-30T00:00:00Z"],
  ...["2026-05-04 08:20:30", "1970-01-01T00:00:00Z", "0000-00-00T00:00:00", "9999-12-31T23:59:59+14:59"],
  ...["2026-05-04T08:20:30+99:99", "2026-05-04T8:2:3+8", "20260504T082030", "99999-01-01T00:00:00Z"],
  ...[
    "1777882830",
    "1777882830123",
    "1777882830123456",
    "9999999999999999",
    "2026-05-04T08:20:30.999999999Z",
  ],
];
const texts = [
  ...["", " ", "null", "true", "false", "{}", "[]", "\u0000", "\u0001", "\u00010"],
  ...[
    "\ufeff",
    "\u200b",
    "\ud800",
    "\u{1f600}",
    "é",
    "中文",
    "\r\n",
    "a\nb",
    "<",
    "&",
    "&amp;",
    "&#0;",
    "&#x110000;",
  ],
  ...[
    "&#xD800;",
    "]]>",
    "--",
    "%",
    "%zz",
    "%00",
    "../../x",
    "/",
    "#",
    "+",
    "=1+1",
    "@x",
    "\t=x",
    '"',
    '""',
    "'",
    "\\",
  ],
];

/** Returns a text that a decoder may handle wrongly. */
export function oddText(random: Random): string {
  const kind = random.below(20);
  if (kind < 8) return random.pick(numbers);
  if (kind < 11) return random.pick(prototypeNames);
  if (kind < 14) return random.pick(times);
  if (kind < 19) return random.pick(texts);
  return random.pick(["x", "9", " ", "é", "<", "="]).repeat(1 + random.below(3000));
}

/** Damages bytes: flips, cuts, inserts, repeats and exchanges parts of them. */
export function damageBytes(data: Buffer, random: Random): Buffer {
  let result = data;
  for (let count = 1 + random.below(4); count > 0; count -= 1) {
    const at = random.below(result.length + 1);
    const length = random.below(Math.min(64, result.length - at + 1));
    const [before, part, after] = [
      result.subarray(0, at),
      result.subarray(at, at + length),
      result.subarray(at + length),
    ];
    const replacement = [
      (): Buffer[] => [before, random.bytes(length), after],
      (): Buffer[] => [before, after],
      (): Buffer[] => [before, random.bytes(random.below(16)), part, after],
      (): Buffer[] => [before, part, part, after],
      (): Buffer[] => [before, part],
      (): Buffer[] => [before, Buffer.from(oddText(random).slice(0, 64)), part, after],
    ];
    result = Buffer.concat(random.pick(replacement)());
  }
  return result;
}

/** Damages a text like {@link damageBytes}. */
export function damageText(text: string, random: Random): string {
  return damageBytes(Buffer.from(text), random).toString("utf8");
}
