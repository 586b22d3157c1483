import { steadyClock, type Clock } from "../../core/clock";
import { SurveillanceError } from "../../core/errors";
import { commonType } from "../documents/event-types";
import type { DeviceChannel } from "./channels";
import type { IsapiClient } from "../connection/client";
import { isWrongPath } from "../request/path-fallback";
import { detection, findOperation, type Operation, type SwitchOperation } from "../operations/catalogue";
import { runOperation } from "../operations/run";
import { isFields, listOf, textOf, type Fields } from "../../core/fields";
import { IsapiError } from "../connection/response-status";
import { contentOf, parseXml } from "../documents/xml";

/** An event that a device supports, and whether the device sends it. */
export interface ArmedEvent {
  /** The id of the trigger, as `isapi-request` accepts it: `VMD-1`, `diskfull`. */
  trigger: string;
  /** The vendor's name: `VMD`. */
  event: string;
  /** Undefined for an event of the device itself. */
  channel?: string;
  channelName?: string;
  /** Whether its detection is switched on; undefined if the switch is unknown or cannot be read. */
  armed?: boolean;
  /** Whether `Notify Surveillance Center` is on. Without it, the alert stream does not contain the event. */
  linked: boolean;
}

const smart = (event: string): [string, SwitchOperation] => [
  event.toLowerCase(),
  detection(event, `/ISAPI/Smart/${event}/{channel}`),
];

/**
 * The switches of detections, by the event in lower case. Events without a switch in this list have an unknown state.
 * The last switches are from the general guide and were not tested with a device.
 */
const switches: ReadonlyMap<string, Operation | undefined> = new Map([
  ["vmd", findOperation("motionDetection")],
  ["linedetection", findOperation("lineDetection")],
  ["fielddetection", findOperation("fieldDetection")],
  ["regionentrance", findOperation("regionEntrance")],
  ["regionexiting", findOperation("regionExiting")],
  [
    "tamperdetection",
    detection(
      "tamperDetection",
      "/ISAPI/System/Video/inputs/channels/{channel}/tamperDetection",
      "/ISAPI/ContentMgmt/InputProxy/channels/{channel}/video/tamperDetection",
    ),
  ],
  ["facedetection", detection("faceDetection", "/ISAPI/Smart/FaceDetect/{channel}")],
  ["defocus", detection("defocus", "/ISAPI/Smart/DefocusDetection/{channel}")],
  smart("SceneChangeDetection"),
  ...["unattendedBaggage", "attendedBaggage", "loitering", "group", "rapidMove", "parking"].map(smart),
]);
/** The triggers that are read one by one if a device does not list its triggers. */
const SINGLE_TRIGGERS = ["VMD", "linedetection", "fielddetection", "regionEntrance", "regionExiting"];
/** The most requests for switches: a recorder with 32 channels has 160 switches. */
const MAX_READS = 96;
/** A user waits in the editor. Switches that are not read by then have an unknown state. */
const MAX_MS = 20_000;
/** The most channels whose triggers are read one by one. */
const MAX_SINGLE_CHANNELS = 8;
/** The most events in a message. */
const MAX_NAMED = 20;

/**
 * Reads which events a device is set to send, from its triggers and from the switches of its detections. Reads the
 * triggers one by one if `GET /ISAPI/Event/triggers` does not list them. Changes nothing.
 *
 * @param channels from {@link readChannels}; the source of names and of the channels to read one by one
 * @throws {SurveillanceError} if the device's triggers cannot be read
 */
export async function readArming(
  client: IsapiClient,
  channels: readonly DeviceChannel[],
  { signal, clock = steadyClock }: { signal?: AbortSignal; clock?: Clock } = {},
): Promise<ArmedEvent[]> {
  const began = clock.now();
  const events = (await readTriggers(client, channels, signal)).map((trigger) => {
    const name = channels.find(({ id }) => id === trigger.channel)?.name;
    return name === undefined ? trigger : { ...trigger, channelName: name };
  });
  let reads = 0;
  const found: ArmedEvent[] = [];
  for (const each of events) {
    const operation = switches.get(each.event.toLowerCase());
    const isLate = reads >= MAX_READS || clock.now() - began > MAX_MS;
    if (operation === undefined || each.channel === undefined || isLate) {
      found.push(each);
      continue;
    }
    const parameters = {
      channel: each.channel,
      port: "1",
      event: "",
      metadataType: "",
      state: "read",
    } as const;
    reads += 1;
    try {
      const { payload } = await runOperation(client, { operation, parameters, signal });
      found.push({ ...each, armed: payload.enabled === true });
    } catch (thrown) {
      if (!(thrown instanceof IsapiError) && !isWrongPath(thrown) && !isUnreadable(thrown)) throw thrown;
      found.push(each);
    }
  }
  return found;
}

function isUnreadable(thrown: unknown): boolean {
  return thrown instanceof SurveillanceError && thrown.code === "ISAPI_REPLY";
}

/** Returns the events whose detection is on. */
export function armed(events: readonly ArmedEvent[]): ArmedEvent[] {
  return events.filter((event) => event.armed === true);
}

/**
 * Returns the events that match a filter. An empty list means all.
 *
 * @param filter `eventTypes` contains vendor types or event types
 */
export function matchingEvents(
  events: readonly ArmedEvent[],
  { eventTypes, channels }: { eventTypes: readonly string[]; channels: readonly string[] },
): ArmedEvent[] {
  const types = new Set(eventTypes.map((type) => type.toLowerCase()));
  return events.filter(
    ({ event, channel }) =>
      (types.size === 0 || types.has(event.toLowerCase()) || types.has(commonType(event).toLowerCase())) &&
      (channels.length === 0 || channel === undefined || channels.includes(channel)),
  );
}

/** Returns, for example, `VMD on 1 (Gate), linedetection on 2`. Lists only the first of many events. */
export function nameEvents(events: readonly ArmedEvent[]): string {
  const named = events
    .slice(0, MAX_NAMED)
    .map(({ event, channel, channelName }) =>
      [event, channel && `on ${channel}`, channelName && `(${channelName})`].filter(Boolean).join(" "),
    )
    .join(", ");
  return events.length > MAX_NAMED ? `${named} and ${events.length - MAX_NAMED} more` : named;
}

async function readTriggers(
  client: IsapiClient,
  channels: readonly DeviceChannel[],
  signal?: AbortSignal,
): Promise<ArmedEvent[]> {
  try {
    const { body } = await client.read({ path: "/ISAPI/Event/triggers", signal });
    const content = contentOf(parseXml(body.toString()), /^(EventTriggerList|EventNotification)$/i);
    const list = isFields(content.EventTriggerList) ? content.EventTriggerList : content;
    return listOf(list.EventTrigger).flatMap(readTrigger);
  } catch (thrown) {
    if (!(thrown instanceof IsapiError)) throw thrown;
    const single = await readSingly(client, channels, signal);
    // The error of the list describes the cause.
    if (single.length === 0) throw thrown;
    return single;
  }
}

async function readSingly(
  client: IsapiClient,
  channels: readonly DeviceChannel[],
  signal?: AbortSignal,
): Promise<ArmedEvent[]> {
  const found: ArmedEvent[] = [];
  for (const { id } of channels.slice(0, MAX_SINGLE_CHANNELS)) {
    for (const event of SINGLE_TRIGGERS) {
      try {
        const { body } = await client.read({ path: `/ISAPI/Event/triggers/${event}-${id}`, signal });
        const trigger = contentOf(parseXml(body.toString()), /^EventTrigger$/i);
        found.push(...readTrigger(trigger));
      } catch (thrown) {
        // Devices report "busy" for an unknown trigger.
        if (!(thrown instanceof IsapiError)) throw thrown;
      }
    }
  }
  return found;
}

function readTrigger(trigger: Fields): ArmedEvent[] {
  const id = textOf(trigger, "id");
  const event = textOf(trigger, "eventType") ?? id?.replace(/-\d+$/, "");
  if (id === undefined || event === undefined) return [];
  const list = trigger.EventTriggerNotificationList;
  const linked = listOf(isFields(list) ? list.EventTriggerNotification : undefined).some((each) =>
    /^center$/i.test(textOf(each, "notificationMethod") ?? ""),
  );
  const channel =
    commonType(event) === "alarmInput"
      ? undefined
      : (textOf(trigger, "dynVideoInputChannelID", "videoInputChannelID") ?? /-(\d+)$/.exec(id)?.[1]);
  return [{ trigger: id, event, ...(channel === undefined ? {} : { channel }), linked }];
}
