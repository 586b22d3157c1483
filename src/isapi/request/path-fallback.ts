import { SurveillanceError } from "../../core/errors";
import { IsapiError } from "../connection/response-status";

/** "Invalid operation" and "invalid content": how recorders say that a channel is not their own. */
const NOT_HERE = new Set(["4", "6"]);

/** Whether the device means "not on this path", rather than "not now" or "not you". */
export function mayBeElsewhere(thrown: unknown): thrown is SurveillanceError {
  if (!(thrown instanceof SurveillanceError)) return false;
  if (thrown.code === "ISAPI_NOT_FOUND") return true;
  if (!(thrown instanceof IsapiError) || /privilege|authorization/i.test(thrown.subStatusCode ?? ""))
    return false;
  return (
    (thrown.code === "ISAPI_STATUS" || thrown.code === "ISAPI_FORBIDDEN") &&
    NOT_HERE.has(thrown.statusCode ?? "")
  );
}

/**
 * Tries places in turn, as far as the device says that it is not there. Of a single one, its error is handed on.
 *
 * @param nowhere makes the error of what the device has at none of them; it is told the refusal that says most
 */
export async function inOneOf<Place, Result>(
  places: readonly Place[],
  attempt: (place: Place) => Promise<Result>,
  nowhere: (refusal: SurveillanceError | undefined) => SurveillanceError,
): Promise<Result> {
  let refusal: SurveillanceError | undefined;
  for (const place of places) {
    try {
      return await attempt(place);
    } catch (thrown) {
      if (places.length === 1 || !mayBeElsewhere(thrown)) throw thrown;
      // "Not found" says less than any other.
      if (refusal === undefined || refusal.code === "ISAPI_NOT_FOUND") refusal = thrown;
    }
  }
  throw nowhere(refusal);
}
