/** Clocks that are further apart are named: gateways refuse requests whose time is off, by how much nobody documents. */
const WORTH_NAMING_MS = 5 * 60_000;

/**
 * By how many milliseconds this machine's clock is ahead of the server's, where that is worth naming; negative where it is
 * behind, else 0.
 *
 * @param date the server's HTTP header `Date`
 * @param now milliseconds since 1970 when the answer came
 */
export function clockAhead(date: string | undefined, now: number): number {
  const ahead = now - Date.parse(date ?? "");
  return Math.abs(ahead) > WORTH_NAMING_MS ? ahead : 0;
}

/** What to do about it, in words; undefined where there is nothing to do. */
export function clockAdvice(aheadMs: number): string | undefined {
  if (aheadMs === 0) return undefined;
  const minutes = Math.round(Math.abs(aheadMs) / 60_000);
  return `This machine's clock is ${minutes} min ${aheadMs > 0 ? "ahead of" : "behind"} HikCentral's: set both by the same time server.`;
}
