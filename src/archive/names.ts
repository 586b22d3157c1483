import { randomBytes } from "node:crypto";
import type { EventImage } from "../events";
import { dayAndTime } from "../files/day-folders";
import type { ArchivableEvent } from "./check-event";

const extensions = new Map([
  ["image/jpeg", "jpg"],
  ["image/png", "png"],
  ["image/webp", "webp"],
  ["image/gif", "gif"],
]);
const UNSAFE = /[^A-Za-z0-9_-]+/g;
const MAX_PART = 40;
const MAX_KIND = 20;

const MARK = "([0-9a-f]{6})";
/** Matches time, camera, channel, type, mark and number; for an image also its number in the event and its kind. */
const OWN_NAME = new RegExp(
  `^\\d{9}-[\\w-]+-${MARK}-\\d{4,}(?:-\\d+-\\w+\\.(?:jpg|png|webp|gif|bin)|\\.(?:xml|json|bin))$`,
);

/**
 * Makes unique file names. They contain the time, a running number and a mark of this process, because the number
 * starts at 1 in each process. Texts of an event are sanitized: no name points outside its folder, names a device of
 * Windows, is too long, or differs from another only in case.
 */
export class FileNames {
  readonly mark = randomBytes(3).toString("hex");
  #count = 0;

  /** Returns the prefix of all files of one event: `101530123-gate-1-licensePlate-3f9a1c-0042`. */
  next(event: ArchivableEvent, receivedAt: Date): string {
    this.#count += 1;
    const time = dayAndTime(receivedAt).time;
    const camera = event.device.name ?? event.device.id ?? event.device.host ?? "camera";
    const parts = [camera, event.channel.id, event.type].map((part) => safe(part));
    return [time, ...parts, this.mark, String(this.#count).padStart(4, "0")].join("-");
  }
}

/** Returns the mark in a file name of an archive; undefined for every other name. */
export function markIn(name: string): string | undefined {
  return OWN_NAME.exec(name)?.[1];
}

/** Returns the file name of an image. @param index of the image in its event */
export function imageName(name: string, index: number, { kind, mimeType }: Partial<EventImage>): string {
  const safeKind = safe(kind ?? "picture")
    .replaceAll("-", "_")
    .slice(0, MAX_KIND);
  return `${name}-${index + 1}-${safeKind}.${extensions.get(mimeType ?? "") ?? "bin"}`;
}

/** Returns the file name of a raw body, with an extension by its content. */
export function rawName(name: string, raw: Buffer): string {
  const start = raw.toString("latin1", 0, 64).trimStart();
  if (start.startsWith("<")) return `${name}.xml`;
  return `${name}.${start.startsWith("{") || start.startsWith("[") ? "json" : "bin"}`;
}

function safe(part: string): string {
  return part.normalize("NFKD").replace(UNSAFE, "_").slice(0, MAX_PART) || "_";
}
