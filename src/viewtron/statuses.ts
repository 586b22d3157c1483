import type { CommonEvent } from "../events";
import { assertWithinLimits, type ParsedPost } from "./post";
import { detailsOf } from "./details";
import { channelKey } from "./device";
import type { XmlElement } from "../xml/tree";
import { kindOfAlarm } from "./vocabulary";

interface Alarm {
  field: string;
  /** The number of the rule, sensor or camera; undefined if there is none. */
  id: string | undefined;
  /** The name of the camera, if the number is a camera's. */
  name: string | undefined;
  on: boolean;
  /** The element of this alarm only. */
  element: XmlElement;
}

/** Alarms whose number is a camera's, whatever channel the post names. */
const CHANNEL_ALARMS = /^(chlOffline|chlVideoLoss|videoLoss)(Alarm)?$/i;
/** An alarm whose number is an input's: first the inputs of the recorder, then those of its cameras. */
const INPUT_ALARM = /^sensorAlarmIn$/i;
/** The channel of a recorder itself, not of one of its cameras. */
const ITSELF = "0";

/**
 * Returns the events of an `alarmStatusInfo`, one for each of its alarms: `start` if it is on, `end` if it is off.
 * Their ids name the alarm, not the occurrence (see Occurrences). The details of an event contain only its own alarm.
 *
 * @throws {SurveillanceError} VIEWTRON_XML_INVALID: more than any device reports at once
 */
export function statusEvents({ root, base, key, longText, size }: ParsedPost): CommonEvent[] {
  const list = root.child("alarmStatusInfo");
  if (list === undefined) return [];
  const alarms = list.children.flatMap(alarmsOf);
  assertWithinLimits(
    alarms.length,
    root.children.filter((child) => child !== list),
    size,
  );
  const { [list.name]: all, ...shared } = base.details;
  const own = (element: XmlElement): Record<string, unknown> =>
    all === undefined ? {} : { [list.name]: detailsOf(list.holding(element), longText) };
  const countsChannels = !namesChannel(root) && isRecorder(root, alarms);
  const channelOf = ({ field, id, name }: Alarm): CommonEvent["channel"] => {
    const isNumbered = countsChannels || CHANNEL_ALARMS.test(field) || INPUT_ALARM.test(field);
    if (isNumbered && id !== undefined) return { id, ...(name !== undefined && { name }) };
    return countsChannels ? { id: ITSELF } : base.channel;
  };
  return alarms.map((alarm) => {
    const { field, id = "1", on } = alarm;
    const { type, description } = kindOfAlarm(field);
    const channel = channelOf(alarm);
    return {
      ...base,
      details: { ...shared, ...own(alarm.element) },
      channel,
      type,
      vendorType: field,
      state: on ? "start" : "end",
      id: `${channel === base.channel ? key : channelKey(base.device, channel)}/${field}/${id}`,
      description,
      targets: [],
      images: [],
    };
  });
}

/**
 * Reads `<motionAlarm id="1">true</motionAlarm>` of a camera, `<motionAlarm><item id="1">true</item></motionAlarm>` of
 * a recorder, whose list may be empty.
 */
function alarmsOf(element: XmlElement): Alarm[] {
  const isList = element.items.length > 0 || element.child("itemType") !== undefined;
  const holders = isList ? element.items : [element];
  return holders.map((holder) => ({
    field: element.name,
    id: attributeOf(holder, "id"),
    name: attributeOf(holder, "name"),
    on: /^(true|1|on)$/i.test(holder.text),
    element: isList ? element.holding(holder) : holder,
  }));
}

/** Returns an attribute; undefined if it is missing or empty. */
function attributeOf(element: XmlElement, name: string): string | undefined {
  const text = element.attributes.get(name)?.trim();
  return text === "" ? undefined : text;
}

function namesChannel(root: XmlElement): boolean {
  return (root.value("channelId") ?? root.child("deviceInfo")?.value("channelId")) !== undefined;
}

/** Tells a recorder from a camera: it sends lists or one element for each camera, not one state of one rule. */
function isRecorder(root: XmlElement, alarms: readonly Alarm[]): boolean {
  const holders = root.child("alarmStatusInfo")?.children ?? [];
  return (
    root.value("messageType") !== undefined ||
    holders.some((holder) => holder.items.length > 0 || holder.child("itemType") !== undefined) ||
    alarms.some(({ field, name }) => name !== undefined || CHANNEL_ALARMS.test(field)) ||
    new Set(holders.map(({ name }) => name)).size < holders.length
  );
}
