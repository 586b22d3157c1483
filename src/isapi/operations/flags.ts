import type { XmlElement } from "../../xml/tree";
import type { OperationParameters, SwitchOperation } from "./catalogue";

/** A switch in a document. */
export interface Flag {
  readonly isOn: boolean;
  turn(on: boolean): void;
}

type FlagReader = (root: XmlElement, parameters: OperationParameters) => Flag[];

/** Find the switches of a document; none in another document. */
export const flagReaders: Readonly<Record<SwitchOperation["setting"], FlagReader>> = {
  // Only on the first level: regions and lines have an `enabled` of their own.
  enabled: (root) => root.children.filter(({ name }) => name === "enabled").map(flagOf),
  center: (root) => {
    const list = [...root.descendants()].find(({ name }) => name === "EventTriggerNotificationList");
    return list === undefined ? [] : [centerFlag(list)];
  },
  // One element for each kind of metadata, with its type beside the switch.
  metadata: (root, { metadataType }) =>
    [...root.descendants()].flatMap((element) => {
      const flag = element.child("enable") ?? element.child("enabled");
      const type = element.child("type")?.text ?? "";
      const wanted: readonly string[] = metadataType.toLowerCase().match(/\w+/g) ?? [];
      const isWanted = wanted.length === 0 || wanted.includes(type.toLowerCase());
      return flag === undefined || !isWanted ? [] : [flagOf(flag)];
    }),
};

function flagOf(element: XmlElement): Flag {
  const isNumber = /^[01]$/.test(element.text);
  return {
    isOn: /^(true|1)$/i.test(element.text),
    turn: (on) => {
      element.text = isNumber ? String(Number(on)) : String(on);
    },
  };
}

/** `Notify Surveillance Center` is one of an event's notifications, beside recording, e-mail and the like. */
function centerFlag(list: XmlElement): Flag {
  const present = list.children.filter(
    (notification) => notification.child("notificationMethod")?.text.toLowerCase() === "center",
  );
  return {
    isOn: present.length > 0,
    turn: (on) => {
      for (const notification of present) list.remove(notification);
      if (!on) return;
      // Optional in the guide. Recorders do not use it, and refuse it.
      const usesRecurrence = list.children.some((each) => each.child("notificationRecurrence") !== undefined);
      list.append("EventTriggerNotification", {
        id: "center",
        notificationMethod: "center",
        ...(usesRecurrence && { notificationRecurrence: "beginning" }),
      });
    },
  };
}
