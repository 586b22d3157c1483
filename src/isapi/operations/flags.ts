import type { XmlElement } from "../../xml/tree";
import type { OperationParameters, SwitchOperation } from "./catalogue";

/** A switch in a document. */
export interface Flag {
  readonly isOn: boolean;
  turn(on: boolean): void;
}

type FlagReader = (root: XmlElement, parameters: OperationParameters) => Flag[];

/** Return the switches of a document; none for another document. */
export const flagReaders: Readonly<Record<SwitchOperation["setting"], FlagReader>> = {
  // Only on the first level: regions and lines have their own `enabled`.
  enabled: (root) => root.children.filter(({ name }) => name === "enabled").map(flagOf),
  center: (root) => {
    const list = [...root.descendants()].find(({ name }) => name === "EventTriggerNotificationList");
    return list === undefined ? [] : [centerFlag(list)];
  },
  // One element for each kind of metadata, with a type and a switch.
  metadata: (root, { metadataType }) =>
    [...root.descendants()].flatMap((element) => {
      const flag = element.child("enable") ?? element.child("enabled");
      const type = element.child("type")?.text ?? "";
      const types: readonly string[] = metadataType.toLowerCase().match(/\w+/g) ?? [];
      const isRequested = types.length === 0 || types.includes(type.toLowerCase());
      return flag === undefined || !isRequested ? [] : [flagOf(flag)];
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

/** `Notify Surveillance Center` is one of an event's notifications; others are recording and e-mail. */
function centerFlag(list: XmlElement): Flag {
  const present = list.children.filter(
    (notification) => notification.child("notificationMethod")?.text.toLowerCase() === "center",
  );
  return {
    isOn: present.length > 0,
    turn: (on) => {
      for (const notification of present) list.remove(notification);
      if (!on) return;
      // The guide calls the element optional. Recorders do not use it, and refuse it.
      const usesRecurrence = list.children.some((each) => each.child("notificationRecurrence") !== undefined);
      list.append("EventTriggerNotification", {
        id: "center",
        notificationMethod: "center",
        ...(usesRecurrence && { notificationRecurrence: "beginning" }),
      });
    },
  };
}
