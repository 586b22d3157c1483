import type { CommonEvent, CommonEventType, EventTarget } from "../../events";
import { SurveillanceError } from "../../core/errors";
import { groupBy } from "../../core/group-by";
import { partNames, readAnnouncedImages, type AnnouncedImages } from "./announced-images";
import { readTargets } from "./targets/targets";
import { isDifference } from "./targets/thermal";
import { deviceTime } from "../documents/device-time";
import { commonType, isMomentary } from "../documents/event-types";
import { isFields, listOf, textOf, type Fields } from "../../core/fields";
import { parseForeignJson } from "../../core/json";
import type { Part } from "../stream/part-parser";
import { parseXml } from "../documents/xml";

/** One report of a device. The next one of the same kind may belong to the same occurrence. */
export interface Alert {
  /** The type of its first occurrence. */
  type: CommonEventType;
  /** The vendor type. For a `duration` event, that of the event that continues. */
  vendorType: string;
  /** The same for all reports of one kind on one channel. */
  key: string;
  /** The reported occurrences; several if more than one rule or group of people causes an alarm. */
  occurrences: ReportedOccurrence[];
  active: boolean;
  /** Whether the event has no duration. */
  momentary: boolean;
  /** Whether it is a sign of life. It may also end an occurrence of its key. */
  heartbeat: boolean;
  time: string;
  receivedTime: string;
  device: CommonEvent["device"];
  /** The device's channel number. ChannelMap maps it to a channel. */
  rawChannel: string;
  channelName: string | undefined;
  description: string | undefined;
  targets: EventTarget[];
  details: Fields;
  images: AnnouncedImages;
  raw: string;
}

/** One of several occurrences of a kind that may go on at the same time. */
export interface ReportedOccurrence {
  /**
   * Distinguishes it from the others: a rule, a plate. Empty if there is only one; undefined if the device omits it.
   */
  mark: string | undefined;
  type: CommonEventType;
  targets: EventTarget[];
}

export interface AlertContext {
  /** The device's host, as configured. */
  host: string;
  /** Milliseconds since 1970 */
  now: number;
}

const byRule = ({ attributes }: EventTarget): string => textOf(attributes?.rule, "id") ?? "";
/** The marks of alarms of one type that may go on at the same time on one channel. */
const markOf: Partial<Record<CommonEventType, (target: EventTarget) => string>> = {
  temperature: byRule,
  temperatureDifference: byRule,
  peopleDensity: ({ id = "", attributes }) =>
    `${textOf(attributes, "dataSource") ?? ""} ${textOf(attributes, "regionId") ?? ""} ${id}`.trim(),
};

/** Data sources of statistics. Other reports of the same type are alarms. */
const TELEMETRY_SOURCES = new Set(["pdc", "timing"]);
const FIRST_IO_PORT = 501;
const SUBSCRIPTION_RESPONSE = /^[^{}]{0,400}(<(\w+:)?|\{\s*")SubscribeEventResponse["\s>]/;

/**
 * Parses a part of the alert stream.
 *
 * @throws {SurveillanceError} ISAPI_REPLY if the part is not valid XML or JSON
 */
export function readAlert(part: Part, { host, now }: AlertContext): Alert {
  const raw = part.body.toString();
  const { root, fields } = readDocument(part, raw);
  const declared = textOf(fields, "eventType") ?? root;
  const vendorType = /^duration$/i.test(declared) ? (continuedType(fields) ?? declared) : declared;
  const telemetry = isTelemetry(fields);
  const targets = readTargets(fields, vendorType);
  const ownType = isBell(fields) ? "doorbell" : commonType(vendorType);
  const occurrences = occurrencesOf(ownType, targets);
  const type = occurrences[0]?.type ?? ownType;
  const rawChannel = readChannel(type, fields);
  const images = readAnnouncedImages(fields);
  const ownNames = partNames(part.headers).map((name) => [name, "overview"] as const);
  return {
    type,
    vendorType,
    key: `${vendorType.toLowerCase()}|${rawChannel}|`,
    occurrences,
    active: !/^inactive$/i.test(textOf(fields, "eventState") ?? "active"),
    momentary: isMomentary(type) || telemetry,
    heartbeat: isHeartbeat(vendorType, fields),
    time: deviceTime(textOf(fields, "dateTime", "time"), now),
    receivedTime: new Date(now).toISOString(),
    device: readDevice(fields, host),
    rawChannel,
    channelName: textOf(fields, "channelName"),
    description: textOf(fields, "eventDescription"),
    targets,
    details: fields,
    // Some devices give an image the same name as the part of its alert.
    images: ownNames.length === 0 ? images : { ...images, names: new Map([...ownNames, ...images.names]) },
    raw,
  };
}

function readDocument(part: Part, raw: string): { root: string; fields: Fields } {
  if (part.kind === "xml") {
    const { root, value } = parseXml(raw);
    return { root, fields: isFields(value) ? value : { value } };
  }
  let value: unknown;
  try {
    value = parseForeignJson(raw);
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw new SurveillanceError("ISAPI_REPLY", `The device's JSON cannot be read: ${why}.`);
  }
  if (!isFields(value)) return { root: "unknown", fields: { value } };
  const [first, ...others] = Object.keys(value);
  const inner = first === undefined ? undefined : value[first];
  // {"EventNotificationAlert": {…}}
  if (others.length === 0 && first !== undefined && isFields(inner)) return { root: first, fields: inner };
  return { root: first ?? "unknown", fields: value };
}

/** Tells whether a door station reports its bell: an access event with the numbers 5 and 37. */
function isBell({ AccessControllerEvent: access }: Fields): boolean {
  return textOf(access, "majorEventType") === "5" && textOf(access, "subEventType") === "37";
}

/** Tells whether a part is the response to a subscription. It is the first part of the stream, and not an event. */
export function isSubscriptionResponse({ body }: Part): boolean {
  return SUBSCRIPTION_RESPONSE.test(body.toString("latin1", 0, 512));
}

/** Returns the vendor type of the event that a `duration` event continues. */
function continuedType(fields: Fields): string | undefined {
  const list = fields.DurationList;
  const first: unknown = [isFields(list) ? list.Duration : list].flat()[0];
  return textOf(first, "relationEvent") ?? textOf(fields, "relationEvent");
}

/** Returns the exact type: devices report a temperature difference as a temperature alarm that compares two areas. */
function refine(type: CommonEventType, targets: readonly EventTarget[]): CommonEventType {
  return type === "temperature" && targets.some(isDifference) ? "temperatureDifference" : type;
}

function occurrencesOf(type: CommonEventType, targets: EventTarget[]): ReportedOccurrence[] {
  // The plates of one report are one occurrence.
  if (type === "licensePlate")
    return [{ mark: targets.map(({ plate }) => plate ?? "").join(","), type, targets }];
  const mark = markOf[type];
  if (mark === undefined) return [{ mark: "", type, targets }];
  const groups = groupBy(targets, mark);
  if (groups.size === 0) return [{ mark: undefined, type, targets }];
  return [...groups].map(([value, marked]) => ({
    mark: value === "" && groups.size === 1 ? undefined : value,
    type: refine(type, marked),
    targets: marked,
  }));
}

function isTelemetry(fields: Fields): boolean {
  const target = listOf(listOf(fields.personDensityResult)[0]?.Target)[0];
  const source = textOf(target?.TargetInfo, "dataSource") ?? textOf(fields, "dataSource") ?? "";
  return TELEMETRY_SOURCES.has(source.toLowerCase());
}

function isHeartbeat(vendorType: string, fields: Fields): boolean {
  const state = textOf(fields, "eventState") ?? "";
  switch (vendorType.toLowerCase()) {
    case "heartbeat":
      return true;
    case "videoloss":
    case "cidevent":
      return /^inactive$/i.test(state);
    case "other":
      return /heart ?beat/i.test(state) || /heart ?beat/i.test(textOf(fields, "eventDescription") ?? "");
    default:
      return false;
  }
}

function readChannel(type: CommonEventType, fields: Fields): string {
  if (type === "alarmInput") {
    const port =
      textOf(fields, "inputIOPortID", "dynInputIOPortID") ?? textOf(fields, "channelID", "dynChannelID");
    const number = Number(port);
    // For a recorder, the alarm inputs of its cameras start at 501.
    return number >= FIRST_IO_PORT ? String(number - FIRST_IO_PORT + 1) : (port ?? "0");
  }
  return textOf(fields, "channelID", "dynChannelID", "channleID", "channel") ?? "0";
}

function readDevice(fields: Fields, host: string): CommonEvent["device"] {
  const id = textOf(fields, "deviceID");
  const mac = textOf(fields, "macAddress");
  const name = textOf(fields, "deviceName");
  const extensions = fields.Extensions;
  const serial = textOf(fields, "deviceSerialNo", "serialNumber") ?? textOf(extensions, "serialNumber");
  return {
    ...(id === undefined ? {} : { id }),
    ...(name === undefined ? {} : { name }),
    host,
    ...(mac === undefined ? {} : { mac }),
    ...(serial === undefined ? {} : { serial }),
  };
}
