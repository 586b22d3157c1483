import type { CommonEvent } from "../events";
import type { XmlElement } from "../xml/tree";

/** A camera that names no channel is its own and only one. */
const ONLY_CHANNEL = "1";

/**
 * Who sent the post, from wherever it says so: at the root, in `deviceInfo`, or (a bare `DeviceInfo`) the root itself.
 *
 * @param sender address of the connection: all that is known of older cameras that do not name themselves
 */
export function deviceOf(root: XmlElement, sender: string): CommonEvent["device"] {
  const info = root.child("deviceInfo") ?? root;
  const mac = root.value("mac") ?? info.value("mac", "macAddress");
  const name = root.value("deviceName") ?? info.value("deviceName");
  const serial = root.value("sn") ?? info.value("sn");
  return {
    ...(mac !== undefined && { id: normaliseMac(mac), mac: normaliseMac(mac) }),
    ...(name !== undefined && { name }),
    host: info.value("ip", "ipAddress") ?? sender,
    ...(serial !== undefined && { serial }),
  };
}

export function channelOf(root: XmlElement): CommonEvent["channel"] {
  return { id: root.value("channelId") ?? root.child("deviceInfo")?.value("channelId") ?? ONLY_CHANNEL };
}

/** What the occurrences of one channel are kept by; the name is no key, it may be changed at any time. */
export function channelKey(device: CommonEvent["device"], channel: CommonEvent["channel"]): string {
  return `${device.mac ?? device.serial ?? device.host ?? "unknown"}/${channel.id}`;
}

/** The same camera writes `58:5B:69:…` in one post and `58-5b-69-…` in the next. */
function normaliseMac(mac: string): string {
  return mac.toLowerCase().replaceAll("-", ":");
}
