import { SurveillanceError, type ErrorCode } from "../../core/errors";
import type { IsapiClient } from "../connection/client";
import type { BufferedResponse, IsapiRequest } from "../connection/messages";
import { readResponseStatus } from "../connection/response-status";

/**
 * Sends a request whose response has a known form.
 *
 * @param parse throws a SurveillanceError where the response is something else: a proxy's web page, another document
 * @throws {SurveillanceError} what the client and `parse` throw, the latter with the request and the device named
 */
export async function readResponse<Content>(
  client: IsapiClient,
  request: IsapiRequest,
  parse: (body: Buffer, response: BufferedResponse) => Content,
): Promise<Content> {
  const response = await client.read(request);
  try {
    return parse(response.body, response);
  } catch (thrown) {
    if (!(thrown instanceof SurveillanceError)) throw thrown;
    const { code, message, advice } = thrown;
    // The advice ends the message, and is to end the new one.
    const bare = advice === undefined ? message : message.slice(0, -advice.length - 1);
    throw new SurveillanceError(code, `${client.nameOf(request)}: ${bare}`, {
      cause: thrown,
      ...(advice !== undefined && { advice }),
    });
  }
}

/**
 * Sends a request that changes something. A device that responds with another document has not understood it.
 *
 * @throws {SurveillanceError} ISAPI_REPLY, or what the client throws
 */
export async function sendCommand(client: IsapiClient, request: IsapiRequest): Promise<BufferedResponse> {
  return readResponse(client, request, (body, response) => {
    if (isConfirmation(body.toString())) return response;
    throw new SurveillanceError("ISAPI_REPLY", "the device does not say whether it did it.");
  });
}

/** Devices confirm with a ResponseStatus, some with nothing but HTTP's status. */
export function isConfirmation(body: string): boolean {
  return body.trim() === "" || readResponseStatus(body) !== undefined;
}

const UNCERTAIN: ReadonlySet<ErrorCode> = new Set(["TIMEOUT", "CONNECTION_LOST", "CLOSED", "ISAPI_REPLY"]);

/** Whether a command may have taken effect although it failed with this error. */
export function mayHaveTakenEffect(thrown: unknown): boolean {
  return !(thrown instanceof SurveillanceError) || UNCERTAIN.has(thrown.code);
}
