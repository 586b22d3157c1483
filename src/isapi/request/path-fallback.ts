import { SurveillanceError } from "../../core/errors";
import { IsapiError } from "../connection/response-status";

/** "Invalid operation" and "invalid content": recorders use these status codes for a channel that is not their own. */
const WRONG_PATH = new Set(["4", "6"]);

/** Tells whether an error means "not on this path", and not "not now" or "not for this user". */
export function isWrongPath(thrown: unknown): thrown is SurveillanceError {
  if (!(thrown instanceof SurveillanceError)) return false;
  if (thrown.code === "ISAPI_NOT_FOUND") return true;
  if (!(thrown instanceof IsapiError) || /privilege|authorization/i.test(thrown.subStatusCode ?? ""))
    return false;
  return (
    (thrown.code === "ISAPI_STATUS" || thrown.code === "ISAPI_FORBIDDEN") &&
    WRONG_PATH.has(thrown.statusCode ?? "")
  );
}

/** Returns the more specific of two errors: "not found" is less specific than any other. */
export function clearerOf(
  before: SurveillanceError | undefined,
  latest: SurveillanceError,
): SurveillanceError {
  return before === undefined || before.code === "ISAPI_NOT_FOUND" ? latest : before;
}

/**
 * Tries paths in turn while the device reports that the path is wrong. The error of a single path is not changed.
 *
 * @param notFound creates the error if no path works, from the most specific error of the device
 */
export async function firstPathOf<Path, Result>(
  paths: readonly Path[],
  attempt: (path: Path) => Promise<Result>,
  notFound: (refusal: SurveillanceError | undefined) => SurveillanceError,
): Promise<Result> {
  let refusal: SurveillanceError | undefined;
  for (const path of paths) {
    try {
      return await attempt(path);
    } catch (thrown) {
      if (paths.length === 1 || !isWrongPath(thrown)) throw thrown;
      refusal = clearerOf(refusal, thrown);
    }
  }
  throw notFound(refusal);
}
