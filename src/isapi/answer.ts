import { SurveillanceError, type ErrorCode } from "../errors";
import type { IsapiClient, IsapiRequest } from "./client";
import { readResponseStatus } from "./response-status";

/**
 * Asks for something of a known form.
 *
 * @param parse throws a SurveillanceError where the answer is something else: a proxy's web page, another document
 * @throws {SurveillanceError} what the client and `parse` throw, the latter with what was asked of which device
 */
export async function readAnswer<Content>(
  client: IsapiClient,
  request: IsapiRequest,
  parse: (body: Buffer) => Content,
): Promise<Content> {
  const { body } = await client.read(request);
  try {
    return parse(body);
  } catch (thrown) {
    if (!(thrown instanceof SurveillanceError)) throw thrown;
    const { code, message } = thrown;
    throw new SurveillanceError(code, `${client.nameOf(request)}: ${message}`, { cause: thrown });
  }
}

/**
 * Has the device do something; whoever answers with another document has not understood.
 *
 * @throws {SurveillanceError} ISAPI_REPLY, or what the client throws
 */
export async function command(client: IsapiClient, request: IsapiRequest): Promise<void> {
  await readAnswer(client, request, (body) => {
    if (!isConfirmation(body.toString())) {
      throw new SurveillanceError("ISAPI_REPLY", "the device does not say whether it did it.");
    }
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
