import { SurveillanceError, type ErrorCode } from "../../core/errors";
import { ownField } from "../../core/fields";
import { statusCodes } from "./status-codes";

export interface HcpErrorDetails {
  /** The path of the operation that failed, context path included. */
  path: string;
  /** The gateway's own code, as text: `0x02401003`, `131`. Absent if it sent none. */
  gatewayCode?: string;
  /** The HTTP status of the response. */
  httpStatus: number;
  /** The server's clock when it responded: its HTTP header `Date`. */
  date?: string | undefined;
  advice?: string | undefined;
}

/** The parts of a rejection besides its code. */
export interface Refused extends Omit<HcpErrorDetails, "gatewayCode"> {
  /** The advice for clocks that differ too much. If a request was not authenticated, it comes before other advice. */
  clockAdvice?: string | undefined;
}

/** The gateway responded, but not with success. */
export class HcpError extends SurveillanceError {
  readonly path: string;
  readonly gatewayCode: string | undefined;
  readonly httpStatus: number;
  readonly date: string | undefined;

  constructor(code: ErrorCode, message: string, details: HcpErrorDetails) {
    super(code, message, details.advice === undefined ? {} : { advice: details.advice });
    this.name = "HcpError";
    this.path = details.path;
    this.gatewayCode = details.gatewayCode;
    this.httpStatus = details.httpStatus;
    this.date = details.date;
  }
}

/** Characters of the gateway's own text in a message. */
const MAX_EXPLAINED = 1000;

/**
 * Returns the error for a response whose `code` is not 0.
 *
 * @param explained the text of `msg`, safe to show: without the string to sign, keys or secrets
 */
export function gatewayError(
  gatewayCode: string,
  explained: string,
  { clockAdvice, ...details }: Refused,
): HcpError {
  const known = ownField(statusCodes, gatewayCode.toLowerCase());
  const meaning = known === undefined ? "" : `, ${known.meaning}`;
  const said = explained === "" ? "" : ` (${explained.slice(0, MAX_EXPLAINED)})`;
  const code = known?.error ?? "HCP_FAILED";
  const advice =
    details.advice ?? known?.advice ?? "Look the code up in the guide of your HikCentral version.";
  return new HcpError(
    code,
    `HikCentral rejected ${details.path} with code ${gatewayCode}${meaning}${said}.`,
    {
      ...details,
      gatewayCode,
      advice: withClock(code, clockAdvice, advice),
    },
  );
}

/** Returns the error for a response without a gateway code, by its HTTP status. */
export function httpError({ clockAdvice, ...details }: Omit<Refused, "advice">): HcpError {
  const { httpStatus, path } = details;
  const [code, advice] = httpMeaning(httpStatus);
  return new HcpError(code, `HikCentral responded to ${path} with HTTP ${httpStatus}.`, {
    ...details,
    advice: withClock(code, clockAdvice, advice),
  });
}

function withClock(code: ErrorCode, clockAdvice: string | undefined, advice: string): string {
  const concerns = code === "HCP_AUTH" || code === "HCP_SIGNATURE";
  return concerns && clockAdvice !== undefined ? `${clockAdvice} ${advice}` : advice;
}

function httpMeaning(status: number): [ErrorCode, string] {
  switch (status) {
    case 401:
      return ["HCP_AUTH", "Check app key, app secret and this machine's clock."];
    case 403:
      return ["HCP_FORBIDDEN", "Authorise this API for the partner."];
    case 404:
      return ["HCP_NOT_FOUND", "Check the server address, the context path and the path of the operation."];
    case 429:
      return ["HCP_RATE_LIMITED", "Send fewer requests."];
    case 502:
    case 503:
    case 504:
      return ["HCP_BUSY", "HikCentral may be starting, or a service may be down. Try again later."];
    default:
      return status >= 500
        ? ["HCP_FAILED", "Check the gateway's log."]
        : ["HCP_REPLY", "Check that the address belongs to the OpenAPI gateway."];
  }
}
