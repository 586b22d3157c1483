import { stringify } from "csv-stringify/sync";
import type { ArchivableEvent } from "../check-event";

/** The columns of events.csv. New ones are added at the end, because programs also read the file by position. */
export const columns = [
  "time",
  "received",
  "source",
  "camera",
  "host",
  "channel",
  "type",
  "vendorType",
  "state",
  "id",
  "description",
  "labels",
  "plate",
  "group",
  "images",
  "raw",
] as const;

/** Separates several values in one column. Only people read them. */
const VALUE_SEPARATOR = "; ";
/** Replaces a path in the columns images and raw after retention has deleted its file. */
export const DELETED = "(deleted)";

/**
 * Returns the fields of an event's row.
 *
 * @param receivedAt used if the event has no time of receipt
 * @param images paths of the images, relative to the archive
 * @param raw path of the raw body, relative to the archive
 */
export function eventRow(
  event: ArchivableEvent,
  receivedAt: Date,
  images: readonly string[],
  raw: string | undefined,
): string[] {
  const { device, channel, targets } = event;
  const row: Record<(typeof columns)[number], string | undefined> = {
    time: event.time,
    received: event.receivedTime ?? receivedAt.toISOString(),
    source: event.source,
    camera: device.name ?? device.id,
    host: device.host,
    channel: channel.name ?? channel.id,
    type: event.type,
    vendorType: String(event.vendorType ?? ""),
    state: event.state,
    id: event.id,
    description: event.description,
    labels: join(targets.map(({ label }) => label)),
    plate: join(targets.map(({ plate }) => plate)),
    group: join(targets.map(({ attributes }) => groupOf(attributes))),
    images: join(images),
    raw,
  };
  return columns.map((column) => row[column] ?? "");
}

/** Returns the list of a plate or a face: sources name the field differently. */
function groupOf(attributes: Record<string, unknown> | undefined): string | undefined {
  const group = attributes?.listType ?? attributes?.group;
  return typeof group === "string" ? group : undefined;
}

function join(values: readonly (string | undefined)[]): string {
  return values.filter(Boolean).join(VALUE_SEPARATOR);
}

/** The characters that may separate two fields. */
export const separators = [",", ";"] as const;
export type CsvSeparator = (typeof separators)[number];

/** A spreadsheet may split at any of these characters, whatever the separator of the file. */
const NEEDS_QUOTES = /[,;\t\r\n]/;
/** Matches the start of a cell in a spreadsheet that expects the other separator or ignores quotes. */
const CELL_STARTS = { ",": /(^\n|[;\t\r\n]"*)(?=[=+\-@])/g, ";": /(^\n|[,\t\r\n]"*)(?=[=+\-@])/g };
/** The maximum number of characters in a cell of Excel, which writes the rest into the next row. */
const MAX_FIELD = 32_767;
const MORE = "…";

/**
 * Formats one line of a CSV file (RFC 4180), with its line end. Text that a spreadsheet would run as a formula gets an
 * apostrophe in front (OWASP, CSV injection): at the start of a field, and at the start of a cell for a spreadsheet
 * that expects another separator.
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
