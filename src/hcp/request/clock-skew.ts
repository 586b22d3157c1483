/**
 * Gateways reject requests whose time differs too much from their clock. The guide does not state the limit. A
 * difference above this value may be the reason of a rejection.
 */
const MAY_BE_REASON_MS = 5 * 60_000;

/**
 * Returns the milliseconds by which this machine's clock is ahead of the server's; negative if it is behind. Returns 0
 * if the difference is within `tolerance`, or if the server does not send its time.
 *
 * @param date the server's HTTP header `Date`
 * @param now milliseconds since 1970 when the response arrived
 */
export function clockAhead(date: string | undefined, now: number, tolerance = MAY_BE_REASON_MS): number {
  const ahead = now - Date.parse(date ?? "");
  return Math.abs(ahead) > tolerance ? ahead : 0;
}

/** Returns the advice for a difference; undefined for 0. */
export function clockAdvice(aheadMs: number): string | undefined {
  if (aheadMs === 0) return undefined;
  const minutes = Math.round(Math.abs(aheadMs) / 60_000);
  const side = aheadMs > 0 ? "ahead of" : "behind";
  return `This machine's clock is ${minutes} min ${side} the server's clock. Use the same time server for both.`;
}
