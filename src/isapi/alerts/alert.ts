import type { CommonEvent, CommonEventType, EventTarget } from "../../events";
import { SurveillanceError } from "../../core/errors";
import { groupBy } from "../../core/group-by";
import { partNames, readAnnouncedImages, type AnnouncedImages } from "./announced-images";
import { readTargets } from "./targets/targets";
import { isDifference } from "./targets/thermal";
import { deviceTime } from "../documents/device-time";
import { commonType, isMomentary } from "../documents/event-types";
import { isFields, listOf, textOf, type Fields } from "../../core/fields";
import type { Part } from "../stream/part-parser";
import { parseXml } from "../documents/xml";

/** One report of a device, typed; the next one of the same kind may belong to the same occurrence. */
export interface Alert {
  /** That of its first occurrence. */
  type: CommonEventType;
  /** The vendor's own name; of a `duration` event, that of the event it continues. */
  vendorType: string;
  /** What all reports of one kind on one channel have in common. */
  key: string;
  /** What it reports of; several where more than one rule or person is in alarm. */
  occurrences: ReportedOccurrence[];
  active: boolean;
  /** Over as soon as it happened. */
  momentary: boolean;
  /** Only says that the device is there, unless it ends an occurrence of its key. */
  heartbeat: boolean;
  time: string;
  receivedTime: string;
  device: CommonEvent["device"];
  /** As the device counts; see ChannelMap for what it means. */
  rawChannel: string;
  channelName: string | undefined;
  description: string | undefined;
  targets: EventTarget[];
  details: Fields;
  images: AnnouncedImages;
  raw: string;
}

/** What goes on at the same time as others of its kind, told apart from them. */
export interface ReportedOccurrence {
  /** By which it is told apart: a rule, a plate; empty where there is only one, undefined where the device does not say. */
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
/** What tells apart alarms of one type on one channel that go on at the same time. */
const tellers: Partial<Record<CommonEventType, (target: EventTarget) => string>> = {
  temperature: byRule,
  temperatureDifference: byRule,
  peopleDensity: ({ id = "", attributes }) =>
    `${textOf(attributes, "dataSource") ?? ""} ${textOf(attributes, "regionId") ?? ""} ${id}`.trim(),
};

/** Statistics, where the same event type also brings alarms. */
const TELEMETRY_SOURCES = new Set(["pdc", "timing"]);
const FIRST_IO_PORT = 501;
const SUBSCRIPTION_RESPONSE = /^[^{}]{0,400}(<(\w+:)?|\{\s*")SubscribeEventResponse["\s>]/;

/**
 * Reads an alert part.
 *
 * @throws {SurveillanceError} ISAPI_REPLY where the part is neither XML nor JSON that can be read
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
    // Some devices give an image the same name as the alert's own part.
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
    value = JSON.parse(raw);
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

/** A door station reports its bell among all that happens at its door, by numbers. */
function isBell({ AccessControllerEvent: access }: Fields): boolean {
  return textOf(access, "majorEventType") === "5" && textOf(access, "subEventType") === "37";
}

/** A device's answer to a subscription comes as the first part of its stream, and is not an event. */
export function isSubscriptionResponse({ body }: Part): boolean {
  return SUBSCRIPTION_RESPONSE.test(body.toString("latin1", 0, 512));
}

/** `duration` events tell again and again that another one goes on. */
function continuedType(fields: Fields): string | undefined {
  const list = fields.DurationList;
  const first: unknown = [isFields(list) ? list.Duration : list].flat()[0];
  return textOf(first, "relationEvent") ?? textOf(fields, "relationEvent");
}

/** A temperature difference is reported as a temperature alarm whose rule compares two areas. */
function refine(type: CommonEventType, targets: readonly EventTarget[]): CommonEventType {
  return type === "temperature" && targets.some(isDifference) ? "temperatureDifference" : type;
}

function occurrencesOf(type: CommonEventType, targets: EventTarget[]): ReportedOccurrence[] {
  // The plates of one report passed together.
  if (type === "licensePlate")
    return [{ mark: targets.map(({ plate }) => plate ?? "").join(","), type, targets }];
  const teller = tellers[type];
  if (teller === undefined) return [{ mark: "", type, targets }];
  const groups = groupBy(targets, teller);
  if (groups.size === 0) return [{ mark: undefined, type, targets }];
  return [...groups].map(([mark, marked]) => ({
    mark: mark === "" && groups.size === 1 ? undefined : mark,
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
    // A recorder counts the inputs of its cameras from 501 on.
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
