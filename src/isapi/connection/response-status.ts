import { SurveillanceError, type ErrorCode } from "../../core/errors";
import { ownField } from "../../core/fields";
import { parseXml } from "../documents/xml";

/** The meanings of a ResponseStatus's `statusCode`. Source: ISAPI guide, error codes. */
const statusMeanings: Readonly<Record<string, string>> = {
  "1": "OK",
  "2": "device busy",
  "3": "device error",
  "4": "invalid operation",
  "5": "invalid message format",
  "6": "invalid message content",
  "7": "the device must be restarted",
};

/** The meanings of the `subStatusCode`s that a user can react to. */
const subStatusMeanings: Readonly<Record<string, string>> = {
  noMemory: "the device has no memory left",
  serviceUnavailable: "the service is not available",
  upgrading: "the device is being updated",
  deviceBusy: "the device is busy",
  reConnectIpc: "the recorder is reconnecting the camera",
  transferPerformance: "the device cannot send more streams",
  noConnection: "the channel is not connected",
  rebootRequired: "the device must be restarted",
  notSupport: "the device does not support this",
  lowPrivilege: "the user has no permission for this",
  lowPrivileges: "the user has no permission for this",
  badAuthorization: "the user has no permission for this",
  methodNotAllowed: "the path does not support this method",
  notSetHdiskRedund: "the disk is not set up for this",
  invalidOperation: "the operation is not possible now",
  notActivated: "the device has not been activated",
  hasActivated: "the device is already activated",
  badXmlFormat: "the XML is not well-formed",
  badXmlContent: "an element of the XML is wrong or missing",
  badParameters: "a parameter is out of range",
  badDevType: "the message is not valid for this type of device",
  badPort: "the port is in use or out of range",
  badURLFormat: "the URL is not valid",
  badIPAddress: "the address is not valid",
  theAccountisLocked: "the account is locked",
  deployExceedMax: "the maximum number of alarm connections is reached",
  maxSessionUserLink: "the maximum number of sessions of this user is reached",
  deviceNotSupport: "the device does not support this",
  channelNotExist: "the channel does not exist",
  badChannelNo: "the channel does not exist",
};

export interface ResponseStatus {
  statusCode: string | undefined;
  statusString: string | undefined;
  subStatusCode: string | undefined;
  errorMsg: string | undefined;
}

/** The device responded with an error. */
export class IsapiError extends SurveillanceError {
  readonly httpStatus: number;
  /** The device's own codes; undefined if it sent none. */
  readonly statusCode: string | undefined;
  readonly subStatusCode: string | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    details: { httpStatus: number; status?: ResponseStatus | undefined; advice?: string | undefined },
  ) {
    super(code, message, details.advice === undefined ? {} : { advice: details.advice });
    this.name = "IsapiError";
    this.httpStatus = details.httpStatus;
    this.statusCode = details.status?.statusCode;
    this.subStatusCode = details.status?.subStatusCode;
  }
}

/** Saves the parsing of most bodies, which are not a ResponseStatus. */
const LOOKS_LIKE_STATUS = /<(?:[\w-]+:)?ResponseStatus[\s>]|"(?:sub)?statusCode"/i;
const HEAD_CHARACTERS = 1024;

/** Parses a ResponseStatus in XML or JSON. Returns undefined if the body is something else. */
export function readResponseStatus(body: string): ResponseStatus | undefined {
  if (!LOOKS_LIKE_STATUS.test(body.slice(0, HEAD_CHARACTERS))) return undefined;
  const fields = responseFields(body.trim());
  if (fields === undefined) return undefined;
  const text = (name: string): string | undefined => {
    const value = fields[name];
    return typeof value === "string" && value !== ""
      ? value
      : typeof value === "number"
        ? String(value)
        : undefined;
  };
  const status = {
    statusCode: text("statusCode"),
    statusString: text("statusString"),
    subStatusCode: text("subStatusCode"),
    errorMsg: text("errorMsg") ?? text("description"),
  };
  return status.statusCode === undefined && status.subStatusCode === undefined ? undefined : status;
}

function responseFields(body: string): Record<string, unknown> | undefined {
  let value: unknown;
  try {
    if (body.startsWith("<") || body.startsWith("\uFEFF<")) {
      const document = parseXml(body);
      if (document.root !== "ResponseStatus") return undefined;
      value = document.value;
    } else if (body.startsWith("{")) {
      const json = JSON.parse(body) as Record<string, unknown>;
      value = json.ResponseStatus ?? json;
    }
  } catch {
    // Not a ResponseStatus: the caller reports the HTTP status.
    return undefined;
  }
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
}

/** Returns, for example, "the user has no permission for this (4, lowPrivilege)". */
function describeStatus({ statusCode, statusString, subStatusCode, errorMsg }: ResponseStatus): string {
  const meaning =
    ownField(subStatusMeanings, subStatusCode ?? "") ??
    ownField(statusMeanings, statusCode ?? "") ??
    statusString ??
    "unknown error";
  const codes = [statusCode, subStatusCode].filter((code) => code !== undefined).join(", ");
  return `${meaning} (${codes})${errorMsg === undefined ? "" : `: ${errorMsg}`}`;
}

export function isSuccess({ statusCode }: ResponseStatus): boolean {
  return statusCode === undefined || statusCode === "0" || statusCode === "1" || statusCode === "7";
}

const byHttpStatus: Readonly<Record<number, { code: ErrorCode; happened: string; advice?: string }>> = {
  // If the password is right: some devices send 401 for paths that all users or this user may not use.
  401: {
    code: "ISAPI_FORBIDDEN",
    happened: "the device accepts the password, but refuses access to this path",
    advice: "Give the user this permission on the device.",
  },
  403: {
    code: "ISAPI_FORBIDDEN",
    happened: "the user has no permission for this",
    advice: "Give the user this permission on the device.",
  },
  404: { code: "ISAPI_NOT_FOUND", happened: "the device does not know this path" },
  405: { code: "ISAPI_NOT_FOUND", happened: "the path does not support this method" },
  501: { code: "ISAPI_NOT_FOUND", happened: "the device does not support this" },
  503: { code: "ISAPI_BUSY", happened: "the device is busy", advice: "Try again later." },
};

function codeOf(status: ResponseStatus | undefined, httpStatus: number): ErrorCode {
  const sub = status?.subStatusCode ?? "";
  if (/notSupport/i.test(sub)) return "ISAPI_NOT_FOUND";
  if (sub === "deployExceedMax" || sub === "maxSessionUserLink") return "ISAPI_CONNECTION_LIMIT";
  if (/lowPrivilege|badAuthorization/i.test(sub)) return "ISAPI_FORBIDDEN";
  if (sub === "deviceBusy" || status?.statusCode === "2") return "ISAPI_BUSY";
  return byHttpStatus[httpStatus]?.code ?? "ISAPI_STATUS";
}

/**
 * Returns the error for a response that does not report success.
 *
 * @param where the request's name in messages: "GET /ISAPI/System/time at camera.example"
 */
export function statusError(httpStatus: number, body: string, where: string): IsapiError {
  const status = readResponseStatus(body);
  const known = byHttpStatus[httpStatus];
  const happened =
    status === undefined ? (known?.happened ?? "the device responded with an error") : describeStatus(status);
  return new IsapiError(codeOf(status, httpStatus), `${where}: ${happened} (HTTP ${httpStatus}).`, {
    httpStatus,
    status,
    advice: known?.advice,
  });
}
