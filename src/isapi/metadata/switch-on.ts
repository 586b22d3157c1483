import type { IsapiClient } from "../connection/client";
import { fillPath, metadataOperation, defaultParameters } from "../operations/catalogue";
import { runOperation } from "../operations/run";

/** The kinds of metadata that thermal cameras send. Source: thermal guide, chapter "Metadata". */
const metadataType = "thermometry,fireDetection";
/** Channel 2 has the streams 201, 202 … */
const STREAMS_OF_CHANNEL = 100;

/**
 * Switches on those kinds of metadata that a stream of the device can carry.
 *
 * @param stream 101, 201 …; devices keep the setting with the stream, or with its channel
 * @throws {SurveillanceError} ISAPI_REPLY where it can carry none of them, ISAPI_NOT_FOUND, and as `runOperation` does
 */
export async function switchOnMetadata(
  client: IsapiClient,
  stream: number,
  signal: AbortSignal,
): Promise<void> {
  const parameters = { ...defaultParameters, metadataType, state: "on" as const };
  const channel = Math.floor(stream / STREAMS_OF_CHANNEL);
  const paths = (channel === 0 ? [stream] : [stream, channel]).flatMap((id) =>
    metadataOperation.paths.map((path) => fillPath(path, { ...parameters, channel: String(id) })),
  );
  await runOperation(client, { operation: { ...metadataOperation, paths }, parameters, signal });
}
