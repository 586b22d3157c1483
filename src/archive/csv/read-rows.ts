import { open, type FileHandle } from "node:fs/promises";
import { parse } from "csv-parse/sync";

/** A row of a CSV file: its fields, and its place in the file in bytes. */
export interface CsvRow {
  start: number;
  /** The start of the next row. */
  end: number;
  /** One character for each byte, which is sufficient for times and paths. Undefined for a damaged line. */
  fields: string[] | undefined;
}

/** Bytes that are parsed at once. The number is small, so that other work does not wait. */
const BLOCK = 16 * 1024;
/** Maximum length of a row of the archive. A longer row has lost a closing quote. */
const MAX_ROW = 1024 * 1024;
const LINE_ENDS = ["\r\n", "\n"];
const UNFINISHED = "CSV_QUOTE_NOT_CLOSED";

/**
 * Reads the rows between two positions of a file. If a row is damaged (edited, or cut by a program), one line is
 * skipped and reading continues behind it, because the following rows are intact. csv-parse alone would read the rest
 * of the file as one field when a closing quote is missing.
 *
 * @param columns number of fields in a complete row
 */
export async function* readRows(
  file: string,
  from: number,
  end: number,
  separator: string,
  columns: number,
): AsyncGenerator<CsvRow> {
  const handle = await open(file, "r");
  try {
    let length = BLOCK;
    for (let start = from; start < end;) {
      const block = await read(handle, start, Math.min(length, end - start));
      if (block.length === 0) return;
      const isLast = start + block.length >= end;
      const { rows, problem } = parseBlock(block, isLast, separator, columns);
      for (const { fields, bytes } of rows) {
        yield { start, end: start + bytes, fields };
        start += bytes;
      }
      const isDamaged = problem !== undefined && (isLast || problem !== UNFINISHED || length >= MAX_ROW);
      if (isDamaged || (rows.length === 0 && length >= MAX_ROW)) {
        const next = await lineEnd(handle, start, end);
        yield { start, end: next, fields: undefined };
        start = next;
      }
      length = rows.length === 0 && !isDamaged ? length * 4 : BLOCK;
    }
  } finally {
    await handle.close();
  }
}

interface Parsed {
  rows: { fields: string[]; bytes: number }[];
  /** The reason why parsing stopped behind the last of these rows. */
  problem: string | undefined;
}

function parseBlock(block: Buffer, isLast: boolean, separator: string, columns: number): Parsed {
  const rows: Parsed["rows"] = [];
  let at = 0;
  try {
    parse(block, {
      delimiter: separator,
      record_delimiter: LINE_ENDS,
      encoding: "latin1",
      relax_column_count: true,
      on_record: (fields: string[], { bytes }) => {
        // A row that ends with its block may continue in the next block.
        if (bytes >= block.length && !isLast) return null;
        // Several lines that are not one row: an extra quote has joined them.
        if (fields.length !== columns && fields.some((field) => field.includes("\n")))
          throw new JoinedLines();
        rows.push({ fields, bytes: bytes - at });
        at = bytes;
        return null;
      },
    });
    return { rows, problem: undefined };
  } catch (thrown) {
    return { rows, problem: (thrown as { code?: string }).code ?? "DAMAGED" };
  }
}

class JoinedLines extends Error {}

/** Returns the position behind the next line end, or `end` if there is none. */
export async function lineEnd(handle: FileHandle, from: number, end: number): Promise<number> {
  for (let at = from; at < end;) {
    const block = await read(handle, at, Math.min(BLOCK, end - at));
    if (block.length === 0) break;
    const found = block.indexOf("\n");
    if (found !== -1) return at + found + 1;
    at += block.length;
  }
  return end;
}

async function read(handle: FileHandle, at: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(length), 0, length, at);
  return buffer.subarray(0, bytesRead);
}
