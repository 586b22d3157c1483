import type { IsapiClient } from "../connection/client";
import { fillPath, metadataOperation, defaultParameters } from "../operations/catalogue";
import { runOperation } from "../operations/run";

/** The kinds of metadata that thermal cameras send. Source: thermal guide, chapter "Metadata". */
const metadataType = "thermometry,fireDetection";
/** Channel 2 has the streams 201, 202 … */
const STREAMS_OF_CHANNEL = 100;

/**
 * Switches on the kinds of metadata that a stream of the device supports.
 *
 * @param stream 101, 201 …; devices store the setting for the stream, or for its channel
 * @throws {SurveillanceError} ISAPI_REPLY if it supports none of them, ISAPI_NOT_FOUND, and what `runOperation` throws
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
