import type { XmlElement } from "../../xml/tree";
import type { OperationParameters, SwitchOperation } from "./catalogue";

/** One thing in a document that is on or off. */
export interface Flag {
  readonly isOn: boolean;
  turn(on: boolean): void;
}

type FlagReader = (root: XmlElement, parameters: OperationParameters) => Flag[];

/** Where the switches of a document are; none, where it is another document. */
export const flagReaders: Readonly<Record<SwitchOperation["setting"], FlagReader>> = {
  // The first level only: regions and lines have an `enabled` of their own.
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
      const meant: readonly string[] = metadataType.toLowerCase().match(/\w+/g) ?? [];
      const isMeant = meant.length === 0 || meant.includes(type.toLowerCase());
      return flag === undefined || !isMeant ? [] : [flagOf(flag)];
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
      // Optional in the guide; recorders do not use it, and refuse it.
      const tellsHowOften = list.children.some((each) => each.child("notificationRecurrence") !== undefined);
      list.append("EventTriggerNotification", {
        id: "center",
        notificationMethod: "center",
        ...(tellsHowOften && { notificationRecurrence: "beginning" }),
      });
    },
  };
}
