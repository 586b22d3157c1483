import { SurveillanceError, type ErrorCode } from "../../core/errors";
import type { IsapiAnswer, IsapiClient, IsapiRequest } from "../connection/client";
import { readResponseStatus } from "../connection/response-status";

/**
 * Asks for something of a known form.
 *
 * @param parse throws a SurveillanceError where the answer is something else: a proxy's web page, another document
 * @throws {SurveillanceError} what the client and `parse` throw, the latter with what was asked of which device
 */
export async function readAnswer<Content>(
  client: IsapiClient,
  request: IsapiRequest,
  parse: (body: Buffer, answer: IsapiAnswer) => Content,
): Promise<Content> {
  const answer = await client.read(request);
  try {
    return parse(answer.body, answer);
  } catch (thrown) {
    if (!(thrown instanceof SurveillanceError)) throw thrown;
    const { code, message, advice } = thrown;
    // The advice, which ends the message, is to end the new one.
    const bare = advice === undefined ? message : message.slice(0, -advice.length - 1);
    throw new SurveillanceError(code, `${client.nameOf(request)}: ${bare}`, {
      cause: thrown,
      ...(advice !== undefined && { advice }),
    });
  }
}

/**
 * Has the device do something; whoever answers with another document has not understood.
 *
 * @throws {SurveillanceError} ISAPI_REPLY, or what the client throws
 */
export async function command(client: IsapiClient, request: IsapiRequest): Promise<IsapiAnswer> {
  return readAnswer(client, request, (body, answer) => {
    if (isConfirmation(body.toString())) return answer;
    throw new SurveillanceError("ISAPI_REPLY", "the device does not say whether it did it.");
  });
}

/** Devices confirm with a ResponseStatus, some with nothing but HTTP's status. */
export function isConfirmation(body: string): boolean {
  return body.trim() === "" || readResponseStatus(body) !== undefined;
}

const UNCERTAIN: ReadonlySet<ErrorCode> = new Set(["TIMEOUT", "CONNECTION_LOST", "CLOSED", "ISAPI_REPLY"]);

/** Whether nobody knows, after this error, if the device did what it was told. */
export function mayHaveDone(thrown: unknown): boolean {
  return !(thrown instanceof SurveillanceError) || UNCERTAIN.has(thrown.code);
}
