import { platformTime } from "../time";

const FRACTION = /:\d{2}[.,](\d{1,9})/;
const OFFSET = /([+-])\s*(\d{2}):?(\d{2})$/;

/**
 * The time of an event as ISO 8601 with offset, its fraction of a second kept. Takes the blanks that the platform puts into
 * times.
 *
 * @param reference another time of the same message: lends its offset to a time without
 * @returns undefined for what is no time
 */
export function eventTime(text: string | undefined, reference?: string): string | undefined {
  const offset = OFFSET.exec(reference ?? "");
  const minutes = offset && Number(`${offset[1] ?? ""}1`) * (Number(offset[2]) * 60 + Number(offset[3]));
  const time = platformTime(text, minutes === null ? undefined : () => minutes);
  const fraction = FRACTION.exec(text ?? "")?.[1];
  if (time === undefined || fraction === undefined) return time;
  return `${time.slice(0, 19)}.${fraction.padEnd(3, "0").slice(0, 3)}${time.slice(19)}`;
}
