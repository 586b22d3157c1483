/** The unit of `currentTime` by its number of digits, which differs between firmware versions and products. */
const microsecondsPerUnit = new Map([
  [10, 1_000_000n],
  [13, 1000n],
  [16, 1n],
]);

/**
 * Reads a `currentTime`: Unix time in seconds (10 digits), milliseconds (13) or microseconds (16).
 *
 * @returns ISO 8601 in UTC, with microseconds if the camera sends them; undefined for anything else (recorders send
 *   20 meaningless digits with plates)
 */
export function unixTime(digits: string | undefined): string | undefined {
  if (digits === undefined || !/^\d+$/.test(digits)) return undefined;
  const unit = microsecondsPerUnit.get(digits.length);
  if (unit === undefined) return undefined;
  const microseconds = BigInt(digits) * unit;
  const iso = new Date(Number(microseconds / 1000n)).toISOString();
  const beyond = microseconds % 1000n;
  return beyond === 0n ? iso : iso.replace("Z", `${String(beyond).padStart(3, "0")}Z`);
}

const YEAR_FIRST = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})[ T](\d{1,2}):(\d{2}):(\d{2})\s*(AM|PM)?$/i;
const MONTH_FIRST = /^(\d{1,2})[-/](\d{1,2})[-/](\d{4})[ T](\d{1,2}):(\d{2}):(\d{2})\s*(AM|PM)?$/i;

/**
 * Reads a `dataTime`: the camera's local time without a zone, `2026-03-29 09:58:21` or `03-29-2026 09:58:21 AM`. The
 * zone is this machine's, which a camera on the same site shares.
 *
 * @returns ISO 8601 in UTC; undefined for anything else
 */
export function localTime(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const yearFirst = YEAR_FIRST.exec(text);
  const monthFirst = MONTH_FIRST.exec(text);
  const fields = yearFirst?.slice(1) ?? reorder(monthFirst);
  if (fields === undefined) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = fields.slice(0, 6).map(Number);
  const half = fields[6]?.toUpperCase();
  const hour24 = half === undefined ? hour : (hour % 12) + (half === "PM" ? 12 : 0);
  const date = new Date(year, month - 1, day, hour24, minute, second);
  const real = date.getMonth() === month - 1 && date.getDate() === day && hour24 < 24;
  return real ? date.toISOString() : undefined;
}

function reorder(match: RegExpExecArray | null): (string | undefined)[] | undefined {
  if (match === null) return undefined;
  const [, month, day, year, ...rest] = match;
  return [year, month, day, ...rest];
}
