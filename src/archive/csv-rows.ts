import { open, type FileHandle } from "node:fs/promises";
import { parse } from "csv-parse/sync";

/** A row of a CSV file: where it stands in it, in bytes, and what it says. */
export interface CsvRow {
  start: number;
  /** Where the next one starts. */
  end: number;
  /** Undefined: this is a line that cannot be read. One character a byte: nobody looks at more than times here. */
  fields: string[] | undefined;
}

/** Read at once: so little that other work does not wait for it. */
const BLOCK = 16 * 1024;
/** No row that the archive writes is longer: what seems so has lost the end of a quote. */
const MAX_ROW = 1024 * 1024;
const LINE_ENDS = ["\r\n", "\n"];
const UNFINISHED = "CSV_QUOTE_NOT_CLOSED";

/**
 * The rows between two places of a file. Where a row is damaged (by hand, or by a program that cut it), one line is
 * passed over and reading goes on behind it: the rows that follow are not damaged.
 *
 * @param columns how many fields a row has that is whole
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
  /** Why reading stopped behind the last of the rows. */
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
        // What ends with its block may go on in the next one.
        if (bytes >= block.length && !isLast) return null;
        // Several lines that make no row: a quote that is one too many has swallowed them.
        if (fields.length !== columns && fields.some((field) => field.includes("\n"))) throw new Swallowed();
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

class Swallowed extends Error {}

/** The place behind the next line end, or the end. */
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
