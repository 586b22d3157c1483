import { SurveillanceError } from "../core/errors";
import { isFields, type Fields } from "../core/fields";
import type { CommonEvent, EventImage, EventTarget } from "../events";

/** The fields of a common event that the archive needs. */
export type ArchivableEvent = Pick<CommonEvent, "source" | "type" | "time" | "device" | "channel"> &
  Partial<Pick<CommonEvent, "vendorType" | "state" | "id" | "receivedTime" | "description">> & {
    targets: readonly Partial<EventTarget>[];
    images: readonly Partial<EventImage>[];
  };

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === "string";
const MAX_SHOWN = 40;

/**
 * Checks the payload of a message, field by field: fields that the archive needs must exist, optional ones may be
 * missing, and each must have its type. Images that went through a JSON step become bytes again.
 *
 * @throws {SurveillanceError} ARCHIVE_EVENT_INVALID, naming the field and its expected type
 */
export function checkEvent(payload: unknown): ArchivableEvent {
  const event = fields(payload, "msg.payload");
  for (const name of ["source", "type", "time"]) required(event, name);
  for (const name of ["id", "state", "receivedTime", "description"]) optional(event, name);
  check(event, "vendorType", "text or a number", (value) => isText(value) || typeof value === "number");
  const device = fields(event.device, "msg.payload.device");
  for (const name of ["id", "name", "host", "mac", "serial"]) optional(device, name, "device.");
  const channel = fields(event.channel, "msg.payload.channel");
  required(channel, "id", "channel.");
  optional(channel, "name", "channel.");
  const targets = list(event, "targets").map(checkTarget);
  const images = list(event, "images").map(checkImage);
  return { ...event, targets, images } as unknown as ArchivableEvent;
}

function checkTarget(target: unknown, index: number): Partial<EventTarget> {
  const at = `targets[${index}]`;
  const known = fields(target, `msg.payload.${at}`);
  for (const name of ["label", "plate"]) optional(known, name, `${at}.`);
  check(known, "attributes", "an object", isFields, `${at}.`);
  return known;
}

function checkImage(image: unknown, index: number): Partial<EventImage> {
  const at = `images[${index}]`;
  const known = fields(image, `msg.payload.${at}`);
  for (const name of ["kind", "mimeType"]) optional(known, name, `${at}.`);
  check(known, "data", "a Buffer", (value) => bytesOf(value) !== undefined, `${at}.`);
  const { data, ...rest } = known;
  const bytes = bytesOf(data);
  return { ...rest, ...(bytes && { data: bytes }) };
}

/** Returns bytes in a message, also after a JSON step; undefined for any other value. */
export function bytesOf(value: unknown): Buffer | undefined {
  if (Buffer.isBuffer(value)) return value;
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  const isJson =
    isFields(value) &&
    value.type === "Buffer" &&
    Array.isArray(value.data) &&
    // A deep array overflows the stack when it becomes a number.
    value.data.every((byte) => typeof byte === "number");
  return isJson ? Buffer.from(value.data as number[]) : undefined;
}

function fields(value: unknown, at: string): Fields {
  if (!isFields(value)) refuse(at, value, "an object");
  return value;
}

function list(owner: Fields, name: string): unknown[] {
  check(owner, name, "an array", Array.isArray);
  return (owner[name] as unknown[] | null | undefined) ?? [];
}

function required(owner: Fields, name: string, at = ""): void {
  if (!isText(owner[name]) || owner[name] === "") refuse(`msg.payload.${at}${name}`, owner[name], "text");
}

function optional(owner: Fields, name: string, at = ""): void {
  check(owner, name, "text", isText, at);
}

/** Checks a field. Null counts as absent. */
function check(owner: Fields, name: string, expected: string, isValid: Check, at = ""): void {
  const value = owner[name];
  if (value === undefined || value === null) return;
  if (!isValid(value)) refuse(`msg.payload.${at}${name}`, value, expected);
}

function refuse(at: string, value: unknown, expected: string): never {
  throw new SurveillanceError(
    "ARCHIVE_EVENT_INVALID",
    `Invalid common event: ${at} ${shown(value)}, expected ${expected}.`,
    {
      advice: "Connect the node to an event node of this package, or build the event as the help describes.",
    },
  );
}

function shown(value: unknown): string {
  if (value === undefined || value === null || value === "") return "is missing";
  if (Array.isArray(value)) return "is an array";
  if (typeof value === "object") return "is an object";
  if (typeof value !== "string") return `is a ${typeof value}`;
  return `is "${value.length > MAX_SHOWN ? `${value.slice(0, MAX_SHOWN)}…` : value}"`;
}
