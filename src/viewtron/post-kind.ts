import type { XmlElement } from "../xml/tree";
import { isRuleNotice, listsEvents } from "./reports";

/** The purpose of a post. */
export type PostKind = "heartbeat" | "status" | "tracks" | "data" | "rules" | "unknown";

/** The three structures of posts: cameras up to firmware 5.2, cameras from 5.3.1 on, recorders. */
export type Dialect = "ipc" | "ipc-5.3" | "nvr";

const recorderLists = ["eventInfo", "targetListInfo", "licensePlateListInfo", "faceListInfo"];

/** Returns the kind of a post by its content: the version in the post is the same for different structures. */
export function postKindOf(root: XmlElement): PostKind {
  if (root.name.toLowerCase() === "deviceinfo") return "heartbeat";
  if (root.value("messageType")?.toLowerCase() === "keepalive") return "heartbeat";
  if (isRuleNotice(root)) return "rules";
  if (root.child("smartType") !== undefined || listsEvents(root)) return "data";
  if (root.child("alarmStatusInfo") !== undefined) return "status";
  if (root.child("traject") !== undefined) return "tracks";
  const others = root.children.filter(({ name }) => !/^(deviceInfo|dataTime|messageType)$/i.test(name));
  return root.child("deviceInfo") !== undefined && others.length === 0 ? "heartbeat" : "unknown";
}

export function dialectOf(root: XmlElement): Dialect {
  const messageType = root.value("messageType")?.toLowerCase();
  if (
    messageType === "alarmdata" ||
    messageType === "alarmstatus" ||
    root.child(...recorderLists) !== undefined
  ) {
    return "nvr";
  }
  const declared = root.child("types")?.child("openAlarmObj") ?? root.child("subscribeOption");
  const newer = root.child("channelId") ?? (messageType === "keepalive" ? root : undefined);
  const typeOfSmartType = root.child("smartType")?.attributes.get("type");
  return declared?.name.toLowerCase() === "openalarmobj" ||
    newer !== undefined ||
    typeOfSmartType === "openAlarmObj"
    ? "ipc-5.3"
    : "ipc";
}
