import type { CommonEvent } from "./common-event";

/** The characters that separate levels or are wildcards in MQTT, and the null character, which MQTT forbids. */
const SPECIAL = /[/+#\0]/g;
const NAMELESS = "unknown";

/** Converts a name to one level of a topic: `/`, `+` and `#` become `_`, a missing name becomes `unknown`. */
export function topicPart(name: string | undefined): string {
  return name === undefined || name.trim() === "" ? NAMELESS : name.replace(SPECIAL, "_");
}

/** Returns a topic with one level for each name, valid in MQTT. */
export function topicFrom(...names: (string | undefined)[]): string {
  return names.map(topicPart).join("/");
}

/** Returns the `msg.topic` of a common event: `<source>/<device>/<channel>/<type>`. */
export function topicOf({ source, device, channel, type }: CommonEvent): string {
  const named = [device.name, device.id, device.host].find(
    // An event of a function node may have null, or a number.
    (name) => typeof name === "string" && name.trim() !== "",
  );
  return topicFrom(source, named, channel.id, type);
}
