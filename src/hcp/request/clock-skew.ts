/**
 * Gateways refuse requests whose time differs from their clock. The guide does not say by how much. A larger difference
 * than this may be the reason of a refusal.
 */
const MAY_BE_REASON_MS = 5 * 60_000;

/**
 * Milliseconds that this machine's clock is ahead of the server's; negative if it is behind. 0 if the difference is within
 * `tolerance`, and if the server does not send its time.
 *
 * @param date the server's HTTP header `Date`
 * @param now milliseconds since 1970 when the response arrived
 */
export function clockAhead(date: string | undefined, now: number, tolerance = MAY_BE_REASON_MS): number {
  const ahead = now - Date.parse(date ?? "");
  return Math.abs(ahead) > tolerance ? ahead : 0;
}

/** What to do about the difference; undefined for 0. */
export function clockAdvice(aheadMs: number): string | undefined {
  if (aheadMs === 0) return undefined;
  const minutes = Math.round(Math.abs(aheadMs) / 60_000);
  const side = aheadMs > 0 ? "ahead of" : "behind";
  return `This machine's clock is ${minutes} min ${side} the server's: set both by the same time server.`;
}
