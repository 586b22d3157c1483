import { createHash } from "node:crypto";
import type { CommonEvent, EventImage, EventState } from "../../../events";
import { commonTypeOf, findEventType } from "../../event-types";
import { eventStatus, linkedEvents, typesOf, type EventMessage } from "./envelope";
import { decodeData, type ImageAddress } from "./kinds";
import { eventTime } from "../../time";
import { definedFields } from "../../../core/fields";
import { fieldsOf, textOf, type Fields } from "../../values";

/** An event, with the addresses of the images that did not arrive with it. */
export interface DecodedEvent {
  event: CommonEvent;
  imageAddresses: ImageAddress[];
}

const states: Readonly<Record<number, EventState>> = {
  [eventStatus.occurred]: "pulse",
  [eventStatus.started]: "start",
  [eventStatus.ended]: "end",
  [eventStatus.pulse]: "pulse",
  [eventStatus.linkage]: "update",
  [eventStatus.image]: "update",
};
/** Sources that are a device, not a channel of a device. */
const deviceSources = [
  "encodeDevice",
  "acsDevice",
  "mobileDevice",
  "mobileVehicle",
  "fallRadar",
  "livefeatureRadar",
];

/**
 * Returns the common event for one event of a post.
 *
 * @param host the HikCentral server
 * @param received milliseconds since the epoch
 */
export function decodeEvent(message: EventMessage, host: string, received: number): DecodedEvent {
  const { fields, sendTime, status } = message;
  const receivedTime = new Date(received).toISOString();
  // A linkage event has its source and type only in the events that triggered it.
  const origin = linkedEvents(message)[0] ?? fields;
  const eventType = typesOf(message).find((code) => code > 0);
  const data = origin === fields ? message.data : (fieldsOf(origin.data) ?? {});
  const {
    targets = [],
    images = [],
    imageAddresses = [],
  } = decodeData({
    ...message,
    data,
    ability: message.ability ?? textOf(origin.ability),
    eventType: eventType ?? Number.NaN,
  });
  const description = textOf(fields.eventName) ?? nameOf(eventType);
  const event: CommonEvent = {
    source: "hcp",
    type: commonTypeOf(eventType ?? Number.NaN),
    vendorType: Number.isNaN(message.eventType) ? (textOf(fields.eventType) ?? "") : message.eventType,
    state: states[status] ?? "pulse",
    id: idOf(message),
    time: eventTime(textOf(fields.happenTime), sendTime) ?? eventTime(sendTime) ?? receivedTime,
    receivedTime,
    device: deviceOf(origin, host),
    channel: channelOf(origin),
    ...(description !== undefined && { description }),
    targets,
    images: [...images, ...imageAddresses.map(unfetched)],
    details: detailsOf(message),
  };
  return { event, imageAddresses };
}

/**
 * Returns the id of the occurrence. An event without an id gets one from its contents, so that a repetition has the
 * same id.
 */
export function idOf({ fields }: EventMessage): string {
  return (
    textOf(fields.eventId) ?? createHash("sha256").update(JSON.stringify(fields)).digest("hex").slice(0, 32)
  );
}

export function nameOf(eventType: number | undefined): string | undefined {
  return eventType === undefined ? undefined : findEventType(eventType)?.name;
}

/** Returns an image that is not fetched: it has only an address, a URL or an address on the platform. */
export function unfetched({ kind, uri }: ImageAddress): EventImage {
  return { kind, mimeType: "image/jpeg", url: uri };
}

export function channelOf(fields: Fields): CommonEvent["channel"] {
  const name = textOf(fields.srcName);
  return { id: textOf(fields.srcIndex) ?? "unknown", ...(name !== undefined && { name }) };
}

export function deviceOf(fields: Fields, host: string): CommonEvent["device"] {
  // The guide spells it without the second "n". Some versions spell it with both.
  const parent = textOf(fields.srcParentIdex) ?? textOf(fields.srcParentIndex);
  if (!deviceSources.includes(textOf(fields.srcType) ?? "")) {
    return { ...(parent !== undefined && { id: parent }), host };
  }
  return { ...definedFields({ id: textOf(fields.srcIndex), name: textOf(fields.srcName) }), host };
}

/** Returns all fields that the platform sent, those of `data` beside those of the event, without images in Base64. */
function detailsOf({ ability, sendTime, fields, data }: EventMessage): Record<string, unknown> {
  const details: Record<string, unknown> = {};
  if (ability !== undefined) details.ability = ability;
  if (sendTime !== undefined) details.sendTime = sendTime;
  // A plain loop: this runs for every event, and intermediate copies would take most of the time.
  for (const name of Object.keys(fields)) {
    if (name !== "data" && name !== PROTOTYPE) details[name] = withoutImages(fields[name]);
  }
  const names = Object.keys(data);
  if (names.length === 0 && fields.data !== undefined) details.data = fields.data;
  for (const name of names) if (name !== PROTOTYPE) details[name] = withoutImages(data[name]);
  return details;
}

/** A field of this name would set the prototype of an object, here or in a copy. */
const PROTOTYPE = "__proto__";
const leftOut = ["snap_pic_data", "face_pic_data", PROTOTYPE];

function withoutImages(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(withoutImages);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !leftOut.includes(name))
      .map(([name, member]) => [name, withoutImages(member)]),
  );
}
