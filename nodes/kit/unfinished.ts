import { isClosedError, SurveillanceError } from "../../src/core/errors";

/**
 * Returns the error of a message that its node could not finish before it was closed. The node has not failed, but the
 * message must not complete: a Complete node would acknowledge it to events-in.
 *
 * @param cause what ended the work; an error with the code CLOSED is returned as it is
 */
export function unfinishedError(cause?: Error): Error {
  if (cause !== undefined && isClosedError(cause)) return cause;
  return new SurveillanceError("CLOSED", "The node was closed before the message was finished.", { cause });
}
