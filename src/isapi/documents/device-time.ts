/** An earlier year means that the device's clock was never set. */
const FIRST_YEAR = 2000;
const MAX_OFFSET_HOURS = 14;
const DATE_TIME =
  /^(\d{4})-(\d{1,2})-(\d{1,2})[T ](\d{1,2}):(\d{1,2})(?::(\d{1,2})(\.\d{1,6})?)?\s*(Z|[+-]\d{1,2}(?::?\d{2})?)?(.*)$/i;

/**
 * Returns a device's time as ISO 8601 with offset. Some devices omit the seconds, or write the hours of the zone with
 * one digit. Without a valid zone, the time is read in this machine's zone. If the clock was never set (1970) or the
 * text is not a time, returns the time of receipt.
 *
 * @param received the time of receipt, in milliseconds since 1970
 */
export function deviceTime(text: string | undefined, received: number): string {
  const match = DATE_TIME.exec(text?.trim() ?? "");
  if (match === null) return new Date(received).toISOString();
  const [year, month, day, hour, minute] = match.slice(1, 6).map(Number) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const second = Number(match[6] ?? 0);
  const fraction = match[7] ?? "";
  const local = new Date(year, month - 1, day, hour, minute, second);
  const exists =
    local.getMonth() === month - 1 && local.getDate() === day && hour < 24 && minute < 60 && second < 61;
  if (!exists || year < FIRST_YEAR) return new Date(received).toISOString();
  const pad = (value: number): string => String(value).padStart(2, "0");
  // Few programs can read a leap second.
  const wallClock = `${year}-${pad(month)}-${pad(day)}T${pad(hour)}:${pad(minute)}:${pad(Math.min(59, second))}${fraction}`;
  return wallClock + (readZone(match[8], match[9]) ?? zoneOf(local));
}

function readZone(zone: string | undefined, rest: string | undefined): string | undefined {
  if (zone === undefined || (rest ?? "").trim() !== "") return undefined;
  if (/z/i.test(zone)) return "Z";
  const [, sign, hours, minutes = "00"] = /^([+-])(\d{1,2}):?(\d{2})?$/.exec(zone) ?? [];
  if (hours === undefined || Number(hours) > MAX_OFFSET_HOURS || Number(minutes) > 59) return undefined;
  return `${sign ?? "+"}${hours.padStart(2, "0")}:${minutes}`;
}

/** Returns this machine's offset at a time. */
function zoneOf(date: Date): string {
  const minutes = -date.getTimezoneOffset();
  const pad = (value: number): string => String(Math.trunc(value)).padStart(2, "0");
  return `${minutes < 0 ? "-" : "+"}${pad(Math.abs(minutes) / 60)}:${pad(Math.abs(minutes) % 60)}`;
}
