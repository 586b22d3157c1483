import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { parse } from "csv-parse";

/** A row of a CSV file: where it stands in it, in bytes, and what it says. */
export interface CsvRow {
  start: number;
  /** Where the next one starts. */
  end: number;
  /** Undefined: this is a line that cannot be read. One character a byte: nobody looks at more than times here. */
  fields: string[] | undefined;
}

/** No row that the archive writes is longer: what seems so has lost the end of a quote. */
const MAX_ROW = 1024 * 1024;
const LINE_ENDS = ["\r\n", "\n"];

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
  let start = from;
  while (start < end) {
    const stream = createReadStream(file, { start, end: end - 1 });
    const parser = parse({
      delimiter: separator,
      record_delimiter: LINE_ENDS,
      encoding: "latin1",
      relax_column_count: true,
      max_record_size: MAX_ROW,
      info: true,
    });
    stream.on("error", (error) => parser.destroy(error)).pipe(parser);
    const origin = start;
    try {
      for await (const { record, info } of parser as AsyncIterable<Parsed>) {
        // Several lines that make no row: a quote that is one too many has swallowed them.
        if (record.length !== columns && record.some((field) => field.includes("\n"))) break;
        const next = origin + info.bytes;
        yield { start, end: next, fields: record };
        start = next;
      }
    } catch (thrown) {
      if (!isDamage(thrown)) throw thrown;
    } finally {
      stream.destroy();
    }
    if (start >= end) return;
    const line = await lineEnd(file, start, end);
    yield { start, end: line, fields: undefined };
    start = line;
  }
}

interface Parsed {
  record: string[];
  info: { bytes: number };
}

/** The place behind the next line end, or the end. */
export async function lineEnd(file: string, from: number, end: number): Promise<number> {
  const handle = await open(file, "r");
  try {
    const buffer = Buffer.alloc(64 * 1024);
    for (let at = from; at < end;) {
      const { bytesRead } = await handle.read(buffer, 0, Math.min(buffer.length, end - at), at);
      if (bytesRead === 0) break;
      const found = buffer.subarray(0, bytesRead).indexOf("\n");
      if (found !== -1) return at + found + 1;
      at += bytesRead;
    }
    return end;
  } finally {
    await handle.close();
  }
}

function isDamage(thrown: unknown): boolean {
  const code = (thrown as { code?: unknown } | null)?.code;
  return typeof code === "string" && /^(CSV_|INVALID_)/.test(code);
}
