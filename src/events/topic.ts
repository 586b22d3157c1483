import type { CommonEvent } from "./common-event";

/** What MQTT reads as a level or as a wildcard, and what it does not take. */
const SPECIAL = /[/+#\0]/g;
const NAMELESS = "unknown";

/** One level of a topic out of a name that may hold anything: `/`, `+` and `#` become `_`, no name is `unknown`. */
export function topicPart(name: string | undefined): string {
  return name === undefined || name.trim() === "" ? NAMELESS : name.replace(SPECIAL, "_");
}

/** A topic of as many levels as there are names, that can be published over MQTT as it is. */
export function topicFrom(...names: (string | undefined)[]): string {
  return names.map(topicPart).join("/");
}

/** The `msg.topic` of a common event: `<source>/<device>/<channel>/<type>`. */
export function topicOf({ source, device, channel, type }: CommonEvent): string {
  const named = [device.name, device.id, device.host].find(
    (name) => name !== undefined && name.trim() !== "",
  );
  return topicFrom(source, named, channel.id, type);
}
