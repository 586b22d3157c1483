import { open } from "node:fs/promises";
import path from "node:path";
import { SurveillanceError } from "../../core/errors";
import { markIn } from "../names";
import { lineEnd, readRows, type CsvRow } from "./read-rows";
import { columns, csvLine, separators, type CsvSeparator } from "./row";

/** Tells Excel that the file is UTF-8. */
const BYTE_ORDER_MARK = "\uFEFF";
const MAX_HEAD = 4096;
/** Bytes that are searched first for the last complete row. More are read only if there is none. */
const TAIL = 64 * 1024;
const STARTS_ROW = /^\d{4}-/;

/** Returns the content of a new table: its header row. */
export function newTable(separator: CsvSeparator): Buffer {
  return Buffer.from(BYTE_ORDER_MARK + csvLine(columns, separator));
}

/**
 * Reads the header row of a table: its length in bytes, and its separator.
 *
 * @throws {SurveillanceError} ARCHIVE_WRITE_FAILED if another program created the file
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
    throw new SurveillanceError("ARCHIVE_WRITE_FAILED", `${file} was not created by the archive.`, {
      advice: `Move or rename it. The archive then creates a new ${path.basename(file)}.`,
    });
  }
  return { head, separator };
}

export interface Tail {
  cutAt?: number;
  missing: string;
}

/**
 * Checks the end of a table. A process that is killed during a write, or a machine that loses power, leaves a row
 * without its end. That row was never acknowledged.
 *
 * @returns the position at which to cut the table, or the missing line end
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
    // A row may be longer than the bytes that were read.
    if (!end.hasWhole && from > head) continue;
    return repairOf(
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
  /** The start of the first unreadable line without a complete row behind it. */
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

/**
 * Decides what to repair. Lines of a user stay: only a line without its end, or a row that stops inside quotes, is cut.
 */
function repairOf({ last, torn }: End, lastByte: string, tornStart: string | undefined): Tail {
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

/** Reads text, one character for each byte. */
async function textAt(file: string, at: number, length: number): Promise<string> {
  const handle = await open(file, "r");
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, Math.max(0, at));
    return buffer.toString("latin1", 0, bytesRead);
  } finally {
    await handle.close();
  }
}
