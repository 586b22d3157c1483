/** The growth of the pauses between attempts: `first`, then doubled each time, up to `max`. */
export interface Rhythm {
  /** Milliseconds */
  first: number;
  /** Milliseconds; default: no limit. */
  max?: number;
  /**
   * Each pause is multiplied by a random number from this range, so that many clients do not retry at the same
   * moment. No pause exceeds `max`. Default: no jitter.
   */
  jitter?: readonly [low: number, high: number];
}

/**
 * Computes the pause before the next attempt.
 *
 * @param pauses number of earlier pauses since the last success; 0 for the first pause
 * @param random 0 ≤ x < 1
 * @returns whole milliseconds
 */
export function backoff(
  pauses: number,
  { first, max = Infinity, jitter: [low, high] = [1, 1] }: Rhythm,
  random: () => number = Math.random,
): number {
  const mean = Math.min(max, first * 2 ** pauses);
  return Math.round(Math.min(max, mean * (low + (high - low) * random())));
}
