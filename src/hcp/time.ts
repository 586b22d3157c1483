/** Times in the platform's format: `2018-08-15T00:00:00+08:00`, whole seconds with an offset (guide, chapter 5). */

const isoTime =
  /^(\d{4}-\d{2}-\d{2})(?:[T ]\s*(\d{2}:\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(?:(Z)|([+-])\s*(\d{2}):?(\d{2}))?)?$/i;

/** Returns the minutes by which local time is ahead of UTC at an instant. */
export type ZoneOffset = (instant: Date) => number;

const processZone: ZoneOffset = (instant) => -instant.getTimezoneOffset();

/**
 * Returns a Date, milliseconds since 1970 or an ISO 8601 text in the platform's format, or undefined if the value is
 * not a time. A text keeps its offset. A text without an offset, a Date and a number get the offset of `zone`, by
 * default that of this process. Fractions of a second are cut off. Spaces are allowed where the guide prints them:
 * instead of `T`, and around the offset.
 */
export function platformTime(value: unknown, zone: ZoneOffset = processZone): string | undefined {
  if (typeof value === "string") return fromText(value.trim(), zone);
  if (typeof value !== "number" && !(value instanceof Date)) return undefined;
  const instant = new Date(value);
  // Years without four digits need another notation and are certainly wrong. The comparison also rejects NaN.
  const year = instant.getUTCFullYear();
  if (!(year > 0 && year < 9999)) return undefined;
  const offset = zone(instant);
  return localPart(instant.getTime() + offset * 60_000) + offsetPart(offset);
}

function fromText(text: string, zone: ZoneOffset): string | undefined {
  const match = isoTime.exec(text);
  if (match === null) return undefined;
  const [, date = "", minutes = "00:00", seconds = "00", utc, sign, offsetHours, offsetMinutes] = match;
  const local = `${date}T${minutes}:${seconds}`;
  const asUtc = Date.parse(`${local}Z`);
  // Rejects 2024-02-30, which Date.parse moves to another day, and 25:00.
  if (Number.isNaN(asUtc) || localPart(asUtc) !== local) return undefined;
  if (utc !== undefined) return `${local}+00:00`;
  if (sign !== undefined) {
    const text = `${local}${sign}${offsetHours}:${offsetMinutes}`;
    return Number.isNaN(Date.parse(text)) ? undefined : text;
  }
  // The offset at the instant itself differs from the first guess only within hours of a change to or from daylight
  // saving time.
  const guess = zone(new Date(asUtc));
  return local + offsetPart(zone(new Date(asUtc - guess * 60_000)));
}

function localPart(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 19);
}

function offsetPart(minutes: number): string {
  const size = Math.abs(minutes);
  const two = (value: number): string => String(Math.trunc(value)).padStart(2, "0");
  return `${minutes < 0 ? "-" : "+"}${two(size / 60)}:${two(size % 60)}`;
}

const FRACTION = /:\d{2}[.,](\d{1,9})/;
const MINUTES_OF_DAY = 24 * 60;
const OFFSET = /([+-])\s*(\d{2}):?(\d{2})$/;

/**
 * Returns the time of an event as ISO 8601 with offset. Keeps fractions of a second. Accepts the spaces that the
 * platform puts into times.
 *
 * @param reference another time of the same message, whose offset is used for a time without one
 * @returns undefined if the text is not a time
 */
export function eventTime(text: string | undefined, reference?: string): string | undefined {
  const offset = OFFSET.exec(reference ?? "");
  const minutes = offset && Number(`${offset[1] ?? ""}1`) * (Number(offset[2]) * 60 + Number(offset[3]));
  const isOffset = minutes !== null && Math.abs(minutes) < MINUTES_OF_DAY;
  const time = platformTime(text, isOffset ? () => minutes : undefined);
  const fraction = FRACTION.exec(text ?? "")?.[1];
  if (time === undefined || fraction === undefined) return time;
  return `${time.slice(0, 19)}.${fraction.padEnd(3, "0").slice(0, 3)}${time.slice(19)}`;
}
