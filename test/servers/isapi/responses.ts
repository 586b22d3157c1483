import type { SimulatedResponse } from "../isapi-device";
import { responseStatus, XML_DECLARATION } from "./documents";

/** Returns a response with an XML document. */
export function xml(body: string): SimulatedResponse {
  return { status: 200, body: XML_DECLARATION + body };
}

/** Returns the response to a successful command. */
export function ok(url: string): SimulatedResponse {
  return { status: 200, body: responseStatus(url, 1, "OK", "ok") };
}

/** Returns a refusal with the device's own codes. */
export function refuse(
  url: string,
  status: number,
  statusCode: number,
  subStatusCode: string,
): SimulatedResponse {
  return { status, body: responseStatus(url, statusCode, "Invalid Operation", subStatusCode) };
}
