import type { ErrorCode } from "../../core/errors";

export interface StatusCode {
  /** The code of the error that this status becomes. */
  error: ErrorCode;
  meaning: string;
  /** The advice for the user. */
  advice: string;
  /** True if the gateway rejects the request before it does anything, so that sending it again is safe. */
  retry?: true;
}

const gatewayLog = "Check the gateway's log, or restart the artemis service.";
const tryLater = "Try again later. If the error remains, check HikCentral's services in the Service Manager.";
const tokenAdvice =
  "The gateway expects a token, but this package signs requests: check the gateway's authentication mode.";
const restricted = "Allow this machine's address for the partner in the gateway administration.";
const slowDown = "Send fewer requests, or raise the partner's limit.";
const permission =
  "Authorise this API for the partner (Partner Management, Authentication) and check the permissions of the linked user.";
const parameters = "Compare the body with this operation's section of the OpenAPI guide.";
const licence = "Check HikCentral's licence.";
const userAdvice = "Check the user linked to the partner, and the user ID in the settings of this server.";

/**
 * The values of `code` that the gateway and the services behind it send, without 0 (success): the guide's appendix A.5,
 * and codes seen at real gateways (marked). Sources contradict each other for 0x00072202 to 0x00072204. There, trust
 * the gateway's own `msg`, which every error contains.
 */
export const statusCodes: Readonly<Record<string, StatusCode>> = {
  "0x02401000": { error: "HCP_AUTH", meaning: "the request has no app key", advice: "Enter the app key." },
  "0x02401001": {
    error: "HCP_AUTH",
    meaning: "no partner has this app key",
    advice: "Copy the app key from the partner's details in the Open Platform.",
  },
  "0x02401002": {
    error: "HCP_SIGNATURE",
    meaning: "the request has no signature",
    advice: "Check whether a proxy between this machine and the gateway removes headers.",
  },
  "0x02401003": {
    error: "HCP_SIGNATURE",
    meaning: "the signature does not match the request",
    advice: "Check app secret and context path.",
  },
  "0x02401004": { error: "HCP_AUTH", meaning: "the token was rejected", advice: tokenAdvice },
  "0x02401005": { error: "HCP_AUTH", meaning: "the request has no token", advice: tokenAdvice },
  "0x02401006": { error: "HCP_AUTH", meaning: "the token is malformed", advice: tokenAdvice },
  "0x02401007": {
    error: "HCP_FORBIDDEN",
    meaning: "the partner has no permission for this",
    advice: permission,
  },
  "0x02401008": {
    error: "HCP_AUTH",
    meaning: "the gateway could not authenticate the partner",
    advice: `Check this machine's clock and the partner's permission for this API. ${gatewayLog}`,
  },
  "0x02401009": {
    error: "HCP_RATE_LIMITED",
    meaning: "the partner has used up its quota",
    advice: "Raise the partner's quota.",
  },
  "0x0240100a": {
    error: "HCP_PARAMETER",
    meaning: "the gateway could not read the parameters",
    advice: parameters,
  },
  "0x0240100b": { error: "HCP_FAILED", meaning: "the gateway could not count the call", advice: gatewayLog },
  // Seen at real gateways, and in the documentation of the sister product iSecure Center.
  "0x0240101b": {
    error: "HCP_FORBIDDEN",
    meaning: "this address is not allowed to call",
    advice: restricted,
  },
  "0x0240101c": {
    error: "HCP_FORBIDDEN",
    meaning: "this address is not allowed to call",
    advice: restricted,
  },
  "0x0240101d": {
    error: "HCP_FORBIDDEN",
    meaning: "this machine is not allowed to call",
    advice: restricted,
  },
  "0x02401036": {
    error: "HCP_RATE_LIMITED",
    meaning: "too many calls at once",
    advice: slowDown,
    retry: true,
  },
  "0x0240103b": {
    error: "HCP_RATE_LIMITED",
    meaning: "too many calls at once",
    advice: slowDown,
    retry: true,
  },
  "0x0240103c": {
    error: "HCP_FORBIDDEN",
    meaning: "this operation requires HTTPS",
    advice: "Use an https:// address for this server.",
  },

  "0x00072001": { error: "HCP_PARAMETER", meaning: "a required parameter is missing", advice: parameters },
  "0x00072002": { error: "HCP_PARAMETER", meaning: "a parameter is out of its range", advice: parameters },
  "0x00072003": { error: "HCP_PARAMETER", meaning: "a parameter has the wrong format", advice: parameters },
  "0x00072004": {
    error: "HCP_PARAMETER",
    meaning: "the response would be too long",
    advice: "Request a smaller page (pageSize).",
  },

  "0x00052101": {
    error: "HCP_BUSY",
    meaning: "the service is at its limit",
    advice: "Try again later, or send fewer requests.",
    retry: true,
  },
  "0x00052102": { error: "HCP_FAILED", meaning: "the service failed", advice: tryLater },
  "0x00052103": {
    error: "HCP_FAILED",
    meaning: "the service behind the gateway took too long",
    advice: tryLater,
  },
  "0x00052104": { error: "HCP_BUSY", meaning: "the service is not running", advice: tryLater },

  "0x00072201": { error: "HCP_FORBIDDEN", meaning: "no permission to use the resource", advice: permission },
  "0x00072202": {
    error: "HCP_NOT_FOUND",
    meaning: "the resource does not exist",
    advice: "Check the index codes in the request.",
  },
  "0x00072203": { error: "HCP_FORBIDDEN", meaning: "the licence limit is reached", advice: licence },
  "0x00072204": {
    error: "HCP_FORBIDDEN",
    meaning: "the licence does not include this function",
    advice: licence,
  },

  "0x00052301": { error: "HCP_FAILED", meaning: "unknown error", advice: tryLater },

  // The translation service between the gateway and HikCentral sends decimal codes.
  "1": { error: "HCP_FAILED", meaning: "unknown error", advice: tryLater },
  "2": { error: "HCP_PARAMETER", meaning: "a parameter is wrong", advice: parameters },
  "3": { error: "HCP_BUSY", meaning: "the server is short of resources", advice: tryLater },
  "4": { error: "HCP_FAILED", meaning: "HikCentral could not be reached in time", advice: tryLater },
  "5": { error: "HCP_FAILED", meaning: "the service failed", advice: tryLater },
  "6": { error: "HCP_BUSY", meaning: "the server is busy", advice: tryLater },
  "7": { error: "HCP_PARAMETER", meaning: "HikCentral does not support the command", advice: parameters },
  "8": {
    error: "HCP_NOT_FOUND",
    meaning: "this version of HikCentral does not have the operation, or the path does not exist",
    advice: "Check the path against the guide of your HikCentral version.",
  },
  "9": { error: "HCP_AUTH", meaning: "the token is not valid", advice: tokenAdvice },
  "10": {
    error: "HCP_FAILED",
    meaning: "HikCentral sent the gateway an unreadable response",
    advice: tryLater,
  },
  "11": {
    error: "HCP_FORBIDDEN",
    meaning: "plain HTTP is not supported",
    advice: "Use an https:// address.",
  },
  "12": {
    error: "HCP_NOT_FOUND",
    meaning: "the path is not available",
    advice: "Check the path against the guide.",
  },
  "13": {
    error: "HCP_FAILED",
    meaning: "the gateway and HikCentral do not trust each other",
    advice: "Enter HikCentral's service certificate in the Service Manager of the gateway's machine.",
  },
  "14": {
    error: "HCP_FAILED",
    meaning: "the gateway's WAN address is not set",
    advice: "Set it in HikCentral's system configuration.",
  },
  "15": {
    error: "HCP_FAILED",
    meaning: "the gateway's network card is not set",
    advice: "Set it in HikCentral's system configuration.",
  },
  "16": { error: "HCP_FAILED", meaning: "the gateway cannot reach its service", advice: tryLater },
  "17": {
    error: "HCP_FORBIDDEN",
    meaning: "the OpenAPI is not enabled",
    advice: "Enable Open API in HikCentral (Third-Party Integration) and check the licence.",
  },
  "64": { error: "HCP_AUTH", meaning: "the partner's user is not valid", advice: userAdvice },
  "65": { error: "HCP_AUTH", meaning: "the user is locked", advice: userAdvice },
  "66": { error: "HCP_AUTH", meaning: "the user does not exist", advice: userAdvice },
  "67": {
    error: "HCP_AUTH",
    meaning: "the user has never logged in",
    advice: "Log in to HikCentral once with this user and set its password.",
  },
  // Seen at a real gateway.
  "69": { error: "HCP_FORBIDDEN", meaning: "the partner is not authorised for this API", advice: permission },
  "128": {
    error: "HCP_NOT_FOUND",
    meaning: "the resource does not exist",
    advice: "Check the index codes in the request.",
  },
  "129": {
    error: "HCP_FAILED",
    meaning: "the resource is offline",
    advice: "Check the device's connection.",
  },
  "130": { error: "HCP_FORBIDDEN", meaning: "no permission to use the resource", advice: permission },
  "131": {
    error: "HCP_CONFLICT",
    meaning: "it already exists",
    advice: "Use the existing one or another name.",
  },
  "132": {
    error: "HCP_FAILED",
    meaning: "HikCentral's limit for these is reached",
    advice: "Delete some, or check the licence.",
  },
  "133": {
    error: "HCP_CONFLICT",
    meaning: "another client is using the resource",
    advice: "Try again later.",
  },
  "140": {
    error: "HCP_NOT_FOUND",
    meaning: "the resource has no recording schedule",
    advice: "Set up a recording schedule for it.",
  },
  "192": {
    error: "HCP_FAILED",
    meaning: "the device did not carry out the command",
    advice: "Check the device.",
  },
  "193": {
    error: "HCP_FAILED",
    meaning: "the cloud storage cannot be reached",
    advice: "Check the storage server.",
  },
  "194": {
    error: "HCP_FAILED",
    meaning: "the device cannot be reached",
    advice: "Check the device's connection.",
  },
  "195": {
    error: "HCP_FAILED",
    meaning: "the device cannot do this",
    advice: "Check the device's capabilities.",
  },
};
