import { stringify } from "csv-stringify/sync";

/** What stands between two fields. */
export const separators = [",", ";"] as const;
export type CsvSeparator = (typeof separators)[number];

/** Any spreadsheet may split at any of these, whatever this file's separator is. */
const NEEDS_QUOTES = /[,;\t\r\n]/;
/** What stands behind one of these begins a cell where the spreadsheet reads another separator, or no quotes. */
const CELL_STARTS = { ",": /(^\n|[;\t\r\n]"*)(?=[=+\-@])/g, ";": /(^\n|[,\t\r\n]"*)(?=[=+\-@])/g };
/** Excel's cell holds so many characters; the rest would run into the next row. */
const MAX_FIELD = 32_767;
const MORE = "…";

/**
 * One line of a CSV file (RFC 4180), with its line end. What a spreadsheet would run as a formula gets an apostrophe in
 * front (OWASP, CSV injection): at the beginning of a field, and where a spreadsheet set to another separator sees one.
 */
export function csvLine(fields: readonly string[], separator: CsvSeparator = ","): string {
  return stringify([fields.map((field) => harmless(field, separator))], {
    delimiter: separator,
    record_delimiter: "\r\n",
    escape_formulas: true,
    quoted_match: NEEDS_QUOTES,
  });
}

function harmless(field: string, separator: CsvSeparator): string {
  const text = field.replace(CELL_STARTS[separator], "$1'");
  return text.length < MAX_FIELD ? text : text.slice(0, MAX_FIELD - 2) + MORE;
}
