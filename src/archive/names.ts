import { randomBytes } from "node:crypto";
import type { CommonEvent } from "../events";
import { dayAndTime } from "../files/day-folders";

const extensions: Record<string, string> = {
  "image/jpeg": "jpg",
  "image/png": "png",
  "image/webp": "webp",
  "image/gif": "gif",
};
const UNSAFE = /[^A-Za-z0-9_-]+/g;
const MAX_PART = 40;

/**
 * Makes file names that are told apart by more than the time: a number that runs on, and a mark of this process, as
 * the number starts anew with it. Nothing of an event gets into a name as it is, so no name leaves its folder.
 */
export class FileNames {
  readonly #process = randomBytes(3).toString("hex");
  #count = 0;

  /** `101530123-gate-1-licensePlate-3f9a1c-0042`: what all files of one event begin with. */
  next(event: CommonEvent, receivedAt: Date): string {
    this.#count += 1;
    const time = dayAndTime(receivedAt).time;
    const camera = event.device.name ?? event.device.id ?? event.device.host ?? "camera";
    const parts = [camera, event.channel.id, event.type].map((part) => safe(part));
    return [time, ...parts, this.#process, String(this.#count).padStart(4, "0")].join("-");
  }
}

export function imageExtension(mimeType: string): string {
  return extensions[mimeType] ?? "bin";
}

/** By its content, as a raw body comes without a type. */
export function rawExtension(raw: Buffer): string {
  const start = raw.toString("latin1", 0, 64).trimStart();
  if (start.startsWith("<")) return "xml";
  return start.startsWith("{") || start.startsWith("[") ? "json" : "bin";
}

function safe(part: string): string {
  return part.normalize("NFKD").replace(UNSAFE, "_").slice(0, MAX_PART) || "_";
}
