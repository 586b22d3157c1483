import { SurveillanceError } from "../core/errors";

/** The error of a body that is no XML, or XML that no camera sends. */
export function invalidXml(reason: string): SurveillanceError {
  return new SurveillanceError("VIEWTRON_XML_INVALID", `The body is no XML that a camera sends: ${reason}.`);
}
