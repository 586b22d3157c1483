import { SurveillanceError } from "../errors";
import { IsapiError } from "./response-status";

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
