import type { ErrorCode } from "../../core/errors";

/** Seconds: how much later than the device a stream may be back. */
export const DEFAULT_MAX_BACKOFF = 10;
export const MAX_BACKOFF = 3600;

const FIRST_MS = 1000;
/** What another attempt will not change soon. */
const STUBBORN_MS = 5 * 60_000;
/** A recorder that closes the stream is asked again almost at once. */
const REOPEN_MS = 300;

const stubborn: ReadonlySet<ErrorCode> = new Set(["ISAPI_AUTH_SCHEME", "ISAPI_NOT_FOUND"]);

/**
 * How long to wait before the stream is opened again. Random within limits, so that two hundred devices behind one
 * switch do not all come back in the same moment.
 *
 * @param failures in a row; 0: the device ended the stream in good order
 * @param code why; undefined: for a reason that may pass
 * @param random 0 ≤ x < 1
 * @param longestMs the longest wait for what may pass
 */
export function backoff(
  failures: number,
  code: ErrorCode | undefined,
  random: number,
  longestMs = DEFAULT_MAX_BACKOFF * 1000,
): number {
  if (failures === 0) return REOPEN_MS * (0.5 + random / 2);
  const ceiling =
    code !== undefined && stubborn.has(code)
      ? STUBBORN_MS
      : Math.min(longestMs, FIRST_MS * 2 ** Math.min(failures - 1, 12));
  return ceiling * (0.5 + random / 2);
}
