import type { CommonEvent } from "../events";
import type { DecodedPost } from "./decoded-post";
import { channelKey } from "./device";
import type { XmlElement } from "./element";
import { kindOfAlarm } from "./vocabulary";

interface Alarm {
  field: string;
  /** Number of the rule (or sensor, or camera) of its kind. */
  id: string;
  on: boolean;
}

/** A recorder reports which of its cameras is gone in the number that is a rule's in every other alarm. */
const CHANNEL_ALARMS = /^(chlOffline|videoLoss)Alarm$/i;

/**
 * The events of an `alarmStatusInfo`, one for each alarm it names: `start` when it goes on, `end` when it goes off.
 * Their ids name the alarm, not the occurrence: to make them the same from start to end, and different the next time,
 * takes memory (see Occurrences).
 */
export function statusEvents({ root, base, key }: DecodedPost): CommonEvent[] {
  const alarms = root.child("alarmStatusInfo")?.children.flatMap(alarmsOf) ?? [];
  return alarms.map(({ field, id, on }) => {
    const { type, description } = kindOfAlarm(field);
    const channel = CHANNEL_ALARMS.test(field) ? { id } : base.channel;
    return {
      ...base,
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

/** `<motionAlarm id="1">true</motionAlarm>` of a camera, `<motionAlarm><item id="1">true</item></motionAlarm>` of a recorder. */
function alarmsOf(element: XmlElement): Alarm[] {
  const holders = element.items.length > 0 ? element.items : [element];
  return holders.map((holder) => ({
    field: element.name,
    id: holder.attributes.get("id") ?? "1",
    on: /^(true|1|on)$/i.test(holder.text),
  }));
}
