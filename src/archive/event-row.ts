import type { ArchivableEvent } from "./check-event";

/** The columns of events.csv. New ones are added at the end: programs read the file by position, too. */
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

/** What is read by nobody but people: several values in one column. */
const SEPARATOR = "; ";
/** In the columns images and raw, in the place of a path whose file retention has deleted. */
export const DELETED = "(deleted)";

/**
 * @param receivedAt what stands in for the time received, where the event has none
 * @param images paths of the pictures, relative to the archive
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

/** The list a plate or a face is on, by whatever name its source calls it. */
function groupOf(attributes: Record<string, unknown> | undefined): string | undefined {
  const group = attributes?.listType ?? attributes?.group;
  return typeof group === "string" ? group : undefined;
}

function join(values: readonly (string | undefined)[]): string {
  return values.filter(Boolean).join(SEPARATOR);
}
