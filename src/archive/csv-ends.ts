import { open } from "node:fs/promises";
import path from "node:path";
import { SurveillanceError } from "../core/errors";
import { csvLine, separators, type CsvSeparator } from "./csv-line";
import { lineEnd, readRows, type CsvRow } from "./csv-rows";
import { columns } from "./event-row";
import { markIn } from "./names";

/** By this, Excel knows that a file is UTF-8. */
const BYTE_ORDER_MARK = "\uFEFF";
const MAX_HEAD = 4096;
/** Read first to find the last row that is whole; more only where there is none in it. */
const TAIL = 64 * 1024;
const STARTS_ROW = /^\d{4}-/;

/** What a table begins with. */
export function newTable(separator: CsvSeparator): Buffer {
  return Buffer.from(BYTE_ORDER_MARK + csvLine(columns, separator));
}

/**
 * How a table was begun: the length of its first line in bytes, and its separator.
 *
 * @throws {SurveillanceError} ARCHIVE_WRITE_FAILED where it is somebody else's file
 */
export async function readHead(file: string): Promise<{ head: number; separator: CsvSeparator }> {
  const text = await textAt(file, 0, MAX_HEAD);
  const head = text.indexOf("\n") + 1;
  const line = text
    .slice(0, head)
    .replace(/^\xEF\xBB\xBF/, "")
    .replaceAll('"', "");
  const separator = separators.find((candidate) => line.startsWith(columns.slice(0, 2).join(candidate)));
  if (separator === undefined) {
    throw new SurveillanceError("ARCHIVE_WRITE_FAILED", `${file} is not a table that an archive began.`, {
      advice: `Move or rename it: the archive then begins a new ${path.basename(file)}.`,
    });
  }
  return { head, separator };
}

export interface Tail {
  cutAt?: number;
  missing: string;
}

/**
 * What is wrong with the end of a table: a process that is killed in the middle of a write, or a machine that loses its
 * power, leaves a row without its end. Nobody was told that this row is kept.
 *
 * @returns where to cut it off; where only its line end is missing, this instead
 */
export async function tailOf(
  file: string,
  head: number,
  size: number,
  separator: CsvSeparator,
): Promise<Tail> {
  for (let length = TAIL; ; length *= 8) {
    const from = size - length <= head ? head : await nextLine(file, size - length, size);
    const end = await endOf(readRows(file, from, size, separator, columns.length));
    // A row may be longer than what was read.
    if (!end.hasWhole && from > head) continue;
    return judge(
      end,
      await textAt(file, size - 1, 1),
      end.torn === undefined ? undefined : await textAt(file, end.torn, 5),
    );
  }
}

async function nextLine(file: string, at: number, end: number): Promise<number> {
  const handle = await open(file, "r");
  try {
    return await lineEnd(handle, at, end);
  } finally {
    await handle.close();
  }
}

interface End {
  hasWhole: boolean;
  last: CsvRow | undefined;
  /** Where the first line starts that cannot be read, and that no whole row follows. */
  torn: number | undefined;
}

async function endOf(rows: AsyncIterable<CsvRow>): Promise<End> {
  const end: End = { hasWhole: false, last: undefined, torn: undefined };
  for await (const row of rows) {
    end.last = row;
    if (isWhole(row)) Object.assign(end, { hasWhole: true, torn: undefined });
    else if (row.fields === undefined) end.torn ??= row.start;
  }
  return end;
}

/** Lines that somebody else wrote stay: what is cut off has no line end, or began as a row and stops inside quotes. */
function judge({ last, torn }: End, lastByte: string, tornStart: string | undefined): Tail {
  const endsLine = last === undefined || lastByte === "\n";
  if (torn !== undefined && (!endsLine || STARTS_ROW.test(tornStart ?? "")))
    return { cutAt: torn, missing: "" };
  if (endsLine) return { missing: "" };
  const raw = last.fields?.at(-1) ?? "";
  const isComplete = isWhole(last) && (raw === "" || markIn(path.posix.basename(raw)) !== undefined);
  return isComplete ? { missing: "\r\n" } : { cutAt: last.start, missing: "" };
}

function isWhole({ fields }: CsvRow): boolean {
  return fields?.length === columns.length;
}

/** One character a byte. */
async function textAt(file: string, at: number, length: number): Promise<string> {
  const handle = await open(file, "r");
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, Math.max(0, at));
    return buffer.toString("latin1", 0, bytesRead);
  } finally {
    await handle.close();
  }
}
