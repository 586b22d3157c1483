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
/** Time, camera, channel, type, mark and number; an image also has its number in the event and its kind. */
const OWN_NAME = new RegExp(
  `^\\d{9}-[\\w-]+-${MARK}-\\d{4,}(?:-\\d+-\\w+\\.(?:jpg|png|webp|gif|bin)|\\.(?:xml|json|bin))$`,
);

/**
 * Makes file names that differ by more than the time: by a running number, and by a mark of this process, because the
 * number starts at 1 with each process. No text of an event gets into a name unchanged, so no name leaves its folder,
 * names a device of Windows, is too long, or differs from another only in its case.
 */
export class FileNames {
  readonly mark = randomBytes(3).toString("hex");
  #count = 0;

  /** `101530123-gate-1-licensePlate-3f9a1c-0042`: what all files of one event begin with. */
  next(event: ArchivableEvent, receivedAt: Date): string {
    this.#count += 1;
    const time = dayAndTime(receivedAt).time;
    const camera = event.device.name ?? event.device.id ?? event.device.host ?? "camera";
    const parts = [camera, event.channel.id, event.type].map((part) => safe(part));
    return [time, ...parts, this.mark, String(this.#count).padStart(4, "0")].join("-");
  }
}

/** The mark in a file name that an archive made; undefined for every other name. */
export function markIn(name: string): string | undefined {
  return OWN_NAME.exec(name)?.[1];
}

/** @param index of the image in its event */
export function imageName(name: string, index: number, { kind, mimeType }: Partial<EventImage>): string {
  const safeKind = safe(kind ?? "picture")
    .replaceAll("-", "_")
    .slice(0, MAX_KIND);
  return `${name}-${index + 1}-${safeKind}.${extensions.get(mimeType ?? "") ?? "bin"}`;
}

/** The ending is by the content, because a raw body has no type. */
export function rawName(name: string, raw: Buffer): string {
  const start = raw.toString("latin1", 0, 64).trimStart();
  if (start.startsWith("<")) return `${name}.xml`;
  return `${name}.${start.startsWith("{") || start.startsWith("[") ? "json" : "bin"}`;
}

function safe(part: string): string {
  return part.normalize("NFKD").replace(UNSAFE, "_").slice(0, MAX_PART) || "_";
}
