/**
 * The one error family of the package. A flow's Catch node sees `error.code`, so a code, once published,
 * never changes its meaning; messages may be reworded.
 */
export const errorCodes = {
  CONFIG_INVALID: "a setting of the node or of the message is missing or out of range",
  DEPENDENCY_MISSING: "an optional native package that this node needs is not installed",
  QUEUE_FULL: "more work came in than the bounded queue takes",
  HCP_PARAMETER_INVALID: "a parameter of a HikCentral request is missing or not what the platform takes",
  CLOSED: "the work was given up because the node was closed",
} as const;

export type ErrorCode = keyof typeof errorCodes;

export interface SurveillanceErrorOptions {
  /** The underlying error, kept for the Catch node and the log. Must hold no secret. */
  cause?: unknown;
  /** What the user can do about it; becomes the last sentence of the message. */
  advice?: string;
}

/**
 * An error with a stable `code`. The message says what happened and where, and ends with what to do about it.
 * `code` is an own property, because that is what Node-RED copies into `msg.error`.
 */
export class SurveillanceError extends Error {
  readonly code: ErrorCode;
  readonly advice: string | undefined;

  constructor(code: ErrorCode, message: string, options: SurveillanceErrorOptions = {}) {
    super(
      options.advice === undefined ? message : `${message} ${options.advice}`,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.name = "SurveillanceError";
    this.code = code;
    this.advice = options.advice;
  }
}

/** Whatever was thrown, as an Error. */
export function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
