import type { ErrorCode } from "../../errors";

const FIRST_MS = 1000;
const LONGEST_MS = 60_000;
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
 * @param random 0 ≤ x < 1
 */
export function backoff(failures: number, code: ErrorCode | undefined, random: number): number {
  if (failures === 0) return REOPEN_MS * (0.5 + random / 2);
  const ceiling =
    code !== undefined && stubborn.has(code)
      ? STUBBORN_MS
      : Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 10));
  return ceiling * (0.5 + random / 2);
}
