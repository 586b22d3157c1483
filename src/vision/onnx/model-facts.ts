/** The facts in an exporter's metadata. A missing or unreadable one is undefined. */
export interface ModelFacts {
  /** Class names by class id. */
  names?: string[];
  /** Pixels, height first, like in the files of Ultralytics. */
  imageSize?: [height: number, width: number];
  /** `detect`, `segment`, `pose`, `obb`, `classify` */
  task?: string;
  /** The graph selects the objects itself: its output has rows of x1, y1, x2, y2, score, class. */
  selected: boolean;
  /** The number of values after the class scores of each object, in a pose model. */
  keypointValues: number;
}

/**
 * Reads the metadata that Ultralytics and YOLOv5 write: Python literals as text.
 *
 * @param metadata ModelProto.metadata_props
 */
export function readModelFacts(metadata: ReadonlyMap<string, string>): ModelFacts {
  const names = parseNames(metadata.get("names") ?? "");
  const [height, width = height] = numbersIn(metadata.get("imgsz"));
  const task = metadata.get("task");
  const [points, values] = numbersIn(metadata.get("kpt_shape"));
  return {
    ...(names.length > 0 && { names }),
    ...(height !== undefined && width !== undefined && { imageSize: [height, width] }),
    ...(task !== undefined && { task }),
    selected: metadata.get("end2end") === "True" || /'nms':\s*True/.test(metadata.get("args") ?? ""),
    keypointValues: (points ?? 0) * (values ?? 0),
  };
}

function numbersIn(text = ""): number[] {
  return (text.match(/\d+/g) ?? []).map(Number);
}

/**
 * Parses class names from a Python dict or list literal: `{0: 'person', 1: "driver's cab"}`, `['person', 'car']`; also
 * from JSON.
 *
 * @returns names by class id; an id without a name is a hole
 */
export function parseNames(literal: string): string[] {
  const names: string[] = [];
  let id: string | undefined;
  for (const { text, isKey } of wordsIn(literal)) {
    if (isKey) {
      id = text;
      continue;
    }
    const index = id === undefined ? names.length : Number(id);
    if (index < MAX_CLASSES) names[index] = unescape(text);
    id = undefined;
  }
  return names;
}

const DIGITS = /\d+/y;
const COLON = /\s*:/y;

/**
 * Iterates over the class ids (keys) and the quoted names in a literal. A regular expression for the whole literal
 * would need quadratic time for a crafted one.
 */
function* wordsIn(literal: string): Generator<{ text: string; isKey: boolean }> {
  for (let at = 0; at < literal.length;) {
    const quote = literal.charAt(at);
    const isQuoted = quote === "'" || quote === '"';
    DIGITS.lastIndex = isQuoted ? at + 1 : at;
    const digits = DIGITS.exec(literal)?.[0];
    const end = isQuoted ? endOfQuoted(literal, at) : at + (digits?.length ?? 1);
    if (end === undefined) return;
    const text = isQuoted ? literal.slice(at + 1, end - 1) : digits;
    COLON.lastIndex = end;
    const isKey = text !== undefined && text === digits && COLON.test(literal);
    if (text !== undefined && (isKey || isQuoted)) yield { text, isKey };
    at = end;
  }
}

/** Returns the position after the closing quote; undefined if there is none. */
function endOfQuoted(literal: string, start: number): number | undefined {
  const quote = literal.charAt(start);
  for (let at = start + 1; at < literal.length; at += 1) {
    if (literal[at] === "\\") at += 1;
    else if (literal[at] === quote) return at + 1;
  }
  return undefined;
}

/** Far more than any detector has. A crafted id must not create an array of four billion holes. */
const MAX_CLASSES = 100_000;

function unescape(text: string): string {
  return text.replace(/\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|(.))/gis, (_all, hex, unicode, char) => {
    const code = (hex ?? unicode) as string | undefined;
    if (code !== undefined) return String.fromCharCode(parseInt(code, 16));
    return char === "n" ? "\n" : char === "t" ? "\t" : String(char);
  });
}
