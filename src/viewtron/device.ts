import type { CommonEvent } from "../events";
import type { XmlElement } from "../xml/tree";

/** The channel of a camera that does not name one. */
const ONLY_CHANNEL = "1";

/**
 * Returns the device of a post. Posts name it at the root, in `deviceInfo`, or as a bare root `DeviceInfo`.
 *
 * @param sender address of the device: older cameras send no other fact about themselves
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

/** Returns the key of a channel's occurrences. A device's name is not part of it: users may change it at any time. */
export function channelKey(device: CommonEvent["device"], channel: CommonEvent["channel"]): string {
  return `${device.mac ?? device.serial ?? device.host ?? "unknown"}/${channel.id}`;
}

/** Returns a MAC in one spelling: the same camera sends `58:5B:69:…` and `58-5b-69-…`. */
function normaliseMac(mac: string): string {
  return mac.toLowerCase().replaceAll("-", ":");
}
