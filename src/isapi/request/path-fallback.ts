import { SurveillanceError } from "../../core/errors";
import { IsapiError } from "../connection/response-status";

/** "Invalid operation" and "invalid content": the status codes by which recorders refuse a channel that is not their own. */
const WRONG_PATH = new Set(["4", "6"]);

/** Whether the device means "not on this path", rather than "not now" or "not for this user". */
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

/** Of several refusals, keeps the one that says more: "not found" says less than any other. */
export function clearerOf(
  before: SurveillanceError | undefined,
  latest: SurveillanceError,
): SurveillanceError {
  return before === undefined || before.code === "ISAPI_NOT_FOUND" ? latest : before;
}

/**
 * Tries paths in turn, as long as the device says that there is nothing. The error of a single path is passed on.
 *
 * @param notFound makes the error for when no path works, from the clearest refusal
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
