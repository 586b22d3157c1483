/**
 * The framing of the parts of an alert stream. Each variant is from real firmware; the first is the guide's.
 */
export interface Framing {
  /** The boundary parameter of the response's Content-Type, quotes and dashes included; undefined: none. */
  declared?: string;
  /** The line before each part. */
  line: string;
  newline: string;
  /** Added to the true length; `none` omits the header. */
  lengthError: number | "none";
  /** The number of boundary lines before each part. */
  lines: number;
  /** Sends `--boundary--` before each part. */
  closes: boolean;
  blankBeforeHeaders: boolean;
  blankAfterHeaders: boolean;
  headers: boolean;
  colon: string;
  /** Between a part's body and the next boundary. */
  trailer: string;
}

const common: Framing = {
  declared: "boundary",
  line: "--boundary",
  newline: "\r\n",
  lengthError: 0,
  lines: 1,
  closes: false,
  blankBeforeHeaders: false,
  blankAfterHeaders: true,
  headers: true,
  colon: ": ",
  trailer: "\r\n",
};

export const framings: Readonly<Record<string, Framing>> = {
  "the guide's": common,
  "dashes in the declared boundary": { ...common, declared: "--boundary" },
  "a quoted boundary": { ...common, declared: '"boundary"' },
  hikboundary: { ...common, declared: "hikboundary", line: "--hikboundary" },
  MIME_boundary: { ...common, declared: "MIME_boundary", line: "--MIME_boundary" },
  "<frontier>": { ...common, declared: "<frontier>", line: "--<frontier>" },
  "<frontier> without dashes": { ...common, declared: "<frontier>", line: "<frontier>" },
  "a boundary without dashes": { ...common, declared: "boundary", line: "boundary" },
  "another boundary than declared": { ...common, declared: "MIME_boundary", line: "--7e13971310878" },
  "no declared boundary": { ...common, declared: undefined as never },
  "doubled boundary lines": { ...common, lines: 2 },
  "a blank line before the headers": { ...common, blankBeforeHeaders: true },
  "LF only": { ...common, newline: "\n", trailer: "\n" },
  "no blank after the colon": { ...common, colon: ":" },
  "no blank line after the headers": { ...common, blankAfterHeaders: false },
  "no part headers": { ...common, headers: false, blankAfterHeaders: false },
  "a closing boundary in mid-stream": { ...common, closes: true },
  "a length that counts the line end": { ...common, lengthError: 2 },
  "a length that is too short": { ...common, lengthError: -40 },
  "a length that is too long": { ...common, lengthError: 40 },
  "no length": { ...common, lengthError: "none" },
  "no length and no line end": { ...common, lengthError: "none", trailer: "" },
  "no line end after the body": { ...common, trailer: "" },
};

/** Returns the bytes of one part. `headers` adds to the framing's headers, or replaces them. */
export function frame(
  framing: Framing,
  contentType: string,
  body: Buffer | string,
  headers: Record<string, string> = {},
): Buffer {
  const bytes = Buffer.from(body as string);
  const { newline, colon } = framing;
  const fields: Record<string, string> = { "Content-Type": contentType };
  if (framing.lengthError !== "none") fields["Content-Length"] = String(bytes.length + framing.lengthError);
  Object.assign(fields, headers);
  const head =
    (framing.closes ? framing.line + "--" + newline : "") +
    (framing.line + newline).repeat(framing.lines) +
    (framing.blankBeforeHeaders ? newline : "") +
    (framing.headers
      ? Object.entries(fields)
          .map(([name, value]) => `${name}${colon}${value}${newline}`)
          .join("")
      : "") +
    (framing.blankAfterHeaders ? newline : "");
  return Buffer.concat([Buffer.from(head, "latin1"), bytes, Buffer.from(framing.trailer)]);
}

export const guideFraming = common;
