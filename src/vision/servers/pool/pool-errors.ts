import { SurveillanceError, toError } from "../../../core/errors";

/** Codes that say more than that no server is ready. */
const TELLING: readonly string[] = ["INFERENCE_MODEL", "INFERENCE_REFUSED", "INFERENCE_REPLY", "TLS_FAILED"];

/**
 * Returns the error when no server is ready: their own one if all have the same reason that only the user can change,
 * else INFERENCE_UNAVAILABLE.
 */
export function unavailable(errors: readonly SurveillanceError[]): SurveillanceError {
  const [first] = errors;
  if (first !== undefined && TELLING.includes(first.code) && errors.every(({ code }) => code === first.code))
    return first;
  return new SurveillanceError("INFERENCE_UNAVAILABLE", "No inference server is ready.", {
    ...(first === undefined ? {} : { details: first.message, cause: first }),
  });
}

export function closedError(): SurveillanceError {
  return new SurveillanceError("CLOSED", "The request to an inference server was cancelled.");
}

/** @param images the number that wait */
export function queueFull(images: number): SurveillanceError {
  return new SurveillanceError("QUEUE_FULL", `${images} images of the camera wait for an inference server.`, {
    advice: "Send fewer images, or add servers.",
  });
}

/** @param timeout milliseconds */
export function noneFree(timeout: number): SurveillanceError {
  return new SurveillanceError("TIMEOUT", `No inference server was free within ${timeout / 1000} s.`, {
    advice: "Send fewer images, add servers, or let each take more requests at the same time.",
  });
}

export function silent(url: string): SurveillanceError {
  return new SurveillanceError("TIMEOUT", `The inference server ${url} did not answer in time.`, {
    advice: "Check the server, or increase the timeout.",
  });
}

/** Returns a thrown value with a code: clients throw nothing else, unless they have a fault. */
export function surveillanceError(thrown: unknown): SurveillanceError {
  if (thrown instanceof SurveillanceError) return thrown;
  return new SurveillanceError("INFERENCE_REPLY", toError(thrown).message, { cause: thrown });
}
