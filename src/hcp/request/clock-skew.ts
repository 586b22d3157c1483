/**
 * Gateways refuse requests whose time is off, by how much nobody documents. Clocks that are further apart may be the reason
 * of a refusal.
 */
const MAY_BE_REASON_MS = 5 * 60_000;

/**
 * By how many milliseconds this machine's clock is ahead of the server's; negative where it is behind. 0 where they are
 * closer than `tolerance`, and where the server does not tell.
 *
 * @param date the server's HTTP header `Date`
 * @param now milliseconds since 1970 when the answer came
 */
export function clockAhead(date: string | undefined, now: number, tolerance = MAY_BE_REASON_MS): number {
  const ahead = now - Date.parse(date ?? "");
  return Math.abs(ahead) > tolerance ? ahead : 0;
}

/** What to do about it, in words; undefined where there is nothing to do. */
export function clockAdvice(aheadMs: number): string | undefined {
  if (aheadMs === 0) return undefined;
  const minutes = Math.round(Math.abs(aheadMs) / 60_000);
  const side = aheadMs > 0 ? "ahead of" : "behind";
  return `This machine's clock is ${minutes} min ${side} the server's: set both by the same time server.`;
}
