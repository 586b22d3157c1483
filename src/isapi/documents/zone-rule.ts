/** Returns the offset of the wall clock from UTC at a time. Both are in milliseconds; east of Greenwich is positive. */
export type ZoneRule = (time: number) => number;

interface Change {
  month: number;
  /** 1 to 4; 5 is the last week of the month. */
  week: number;
  /** 0: Sunday */
  weekday: number;
  /** Milliseconds after midnight. */
  time: number;
}

const CLOCK = String.raw`(\d{1,2}(?::\d{2}){0,2})`;
const ZONE = new RegExp(
  String.raw`^[A-Za-z]{3,}([+-]?)${CLOCK}(?:[A-Za-z]{3,}${CLOCK}?,(M[^,]+),(M[^,]+))?$`,
);
const CHANGE = new RegExp(String.raw`^M(\d{1,2})\.([1-5])\.([0-6])(?:/${CLOCK})?$`);
const HOUR_MS = 3600 * 1000;
const DAY_MS = 24 * HOUR_MS;

/**
 * Parses a device's `timeZone`: `CST-1:00:00DST01:00:00,M3.5.0/02:00:00,M10.5.0/03:00:00`. The sign is that of POSIX:
 * west is positive. Where POSIX has the offset of the summer zone, devices write how far the clock is put forward.
 *
 * @returns undefined for invalid text
 */
export function readZoneRule(text: string): ZoneRule | undefined {
  const match = ZONE.exec(text.trim());
  if (match === null) return undefined;
  const [, sign, hours = "", forward = "1", first, second] = match;
  const standard = sign === "-" ? duration(hours) : 0 - duration(hours);
  if (first === undefined || second === undefined) return () => standard;
  const [begins, ends] = [readChange(first), readChange(second)];
  if (begins === undefined || ends === undefined) return undefined;
  const summer = duration(forward);
  return (time) => {
    // Compares in standard time. The end of summer time is given in summer time.
    const wall = time + standard;
    const year = new Date(wall).getUTCFullYear();
    const [begin, end] = [instant(begins, year), instant(ends, year) - summer];
    // South of the equator, summer includes the turn of the year.
    const isSummer = begin < end ? wall >= begin && wall < end : wall >= begin || wall < end;
    return standard + (isSummer ? summer : 0);
  };
}

/** Parses `1`, `01:00` or `01:00:00` and returns milliseconds. */
function duration(text: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = text.split(":").map(Number);
  return ((hours * 60 + minutes) * 60 + seconds) * 1000;
}

function readChange(text: string): Change | undefined {
  const match = CHANGE.exec(text);
  if (match === null) return undefined;
  const [month = 0, week = 0, weekday = 0] = match.slice(1, 4).map(Number);
  if (month < 1 || month > 12) return undefined;
  return { month, week, weekday, time: duration(match[4] ?? "2") };
}

/** Returns the wall clock time of a change, as if it were UTC, in milliseconds since 1970. */
function instant({ month, week, weekday, time }: Change, year: number): number {
  const first = Date.UTC(year, month - 1, 1);
  const days = ((weekday - new Date(first).getUTCDay() + 7) % 7) + (week - 1) * 7;
  const daysInMonth = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return first + (days < daysInMonth ? days : days - 7) * DAY_MS + time;
}
