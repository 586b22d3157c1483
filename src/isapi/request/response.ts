import { SurveillanceError, type ErrorCode } from "../../core/errors";
import type { IsapiClient } from "../connection/client";
import type { BufferedResponse, IsapiRequest } from "../connection/messages";
import { readResponseStatus } from "../connection/response-status";

/**
 * Sends a request and parses its response.
 *
 * @param parse throws a SurveillanceError for another document, for example the web page of a proxy
 * @throws {SurveillanceError} the errors of the client, and those of `parse` with the request's name in front
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
    // A message ends with its advice. The new error appends the advice again.
    const bare = advice === undefined ? message : message.slice(0, -advice.length - 1);
    throw new SurveillanceError(code, `${client.nameOf(request)}: ${bare}`, {
      cause: thrown,
      ...(advice !== undefined && { advice }),
    });
  }
}

/**
 * Sends a request that changes something. A device that responds with another document did not understand it.
 *
 * @throws {SurveillanceError} ISAPI_REPLY, or the errors of the client
 */
export async function sendCommand(client: IsapiClient, request: IsapiRequest): Promise<BufferedResponse> {
  return readResponse(client, request, (body, response) => {
    if (isConfirmation(body.toString())) return response;
    throw new SurveillanceError("ISAPI_REPLY", "the device did not confirm the request.");
  });
}

/** Tells whether a body confirms a request. Devices send a ResponseStatus, and some an empty body. */
export function isConfirmation(body: string): boolean {
  return body.trim() === "" || readResponseStatus(body) !== undefined;
}

const UNCERTAIN: ReadonlySet<ErrorCode> = new Set(["TIMEOUT", "CONNECTION_LOST", "CLOSED", "ISAPI_REPLY"]);

/** Tells whether a command that failed with this error may have taken effect. */
export function mayHaveTakenEffect(thrown: unknown): boolean {
  return !(thrown instanceof SurveillanceError) || UNCERTAIN.has(thrown.code);
}
