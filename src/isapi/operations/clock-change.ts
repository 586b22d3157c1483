import { readZoneRule } from "../documents/zone-rule";
import type { XmlElement } from "../../xml/tree";

const MINUTE_MS = 60_000;
const LOCAL_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(Z|[+-]\d{2}:\d{2})?$/;

/**
 * Sets the clock in a device's `Time` document, and its mode to manual instead of NTP. The local time follows the
 * device's own zone rule, else the offset of its clock, else this machine's zone.
 *
 * @param time milliseconds since 1970
 * @returns false for another document
 */
export function changeClock(root: XmlElement, time: number): boolean {
  const [mode, localTime] = [root.child("timeMode"), root.child("localTime")];
  if (mode === undefined || localTime === undefined) return false;
  const zone = LOCAL_TIME.exec(localTime.text)?.[1];
  const rule = readZoneRule(root.child("timeZone")?.text ?? "");
  const offset =
    rule?.(time) ?? (zone === undefined ? -new Date(time).getTimezoneOffset() * MINUTE_MS : offsetOf(zone));
  mode.text = "manual";
  // Devices accept whole seconds.
  const digits = new Date(Math.round(time / 1000) * 1000 + offset).toISOString().slice(0, 19);
  // Many devices do not send a zone, and do not accept one.
  localTime.text = zone === undefined ? digits : digits + nameOf(offset);
  return true;
}

function offsetOf(zone: string): number {
  const [, sign, hours, minutes] = /^([+-])(\d{2}):(\d{2})$/.exec(zone) ?? [];
  return (sign === "-" ? -1 : 1) * (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * MINUTE_MS;
}

function nameOf(offset: number): string {
  const minutes = Math.abs(offset) / MINUTE_MS;
  const pad = (value: number): string => String(Math.trunc(value)).padStart(2, "0");
  return `${offset < 0 ? "-" : "+"}${pad(minutes / 60)}:${pad(minutes % 60)}`;
}
