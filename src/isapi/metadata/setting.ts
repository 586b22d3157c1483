import type { IsapiClient } from "../client";
import { mayBeElsewhere } from "../elsewhere";
import { metadataOperation, usualParameters } from "../operations/catalogue";
import { runOperation } from "../operations/run";

/** The kinds that thermal cameras send. Source: thermal guide, chapter "Metadata". */
const metadataType = "thermometry,fireDetection";
/** Channel 2 has the streams 201, 202 … */
const STREAMS_OF_CHANNEL = 100;

/**
 * Switches those kinds of metadata on that a stream of the device can carry.
 *
 * @param stream 101, 201 …; devices keep the setting with the stream, or with its channel
 * @throws {SurveillanceError} ISAPI_REPLY where it can carry neither, and as `runOperation` does
 */
export async function switchOnMetadata(
  client: IsapiClient,
  stream: number,
  signal: AbortSignal,
): Promise<void> {
  const switchOn = async (channel: number): Promise<void> => {
    const parameters = { ...usualParameters, channel: String(channel), metadataType, state: "on" as const };
    await runOperation(client, { operation: metadataOperation, parameters, signal });
  };
  try {
    await switchOn(stream);
  } catch (thrown) {
    if (!mayBeElsewhere(thrown) || stream < STREAMS_OF_CHANNEL) throw thrown;
    await switchOn(Math.floor(stream / STREAMS_OF_CHANNEL));
  }
}
