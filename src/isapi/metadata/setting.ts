import { SurveillanceError } from "../../errors";
import type { IsapiClient } from "../client";
import { mayBeElsewhere } from "../elsewhere";
import { findOperation } from "../operations/catalogue";
import { runOperation } from "../operations/run";

/** The kinds that thermal cameras send. Source: thermal guide, chapter "Metadata". */
const kinds = ["thermometry", "fireDetection"] as const;
/** Channel 2 has the streams 201, 202 … */
const STREAMS_OF_CHANNEL = 100;

/**
 * Switches those kinds of metadata on that a stream of the device can carry.
 *
 * @param stream 101, 201 …; devices keep the setting with the stream, or with its channel
 * @throws {SurveillanceError} ISAPI_REPLY where it can carry neither, and as `runOperation` does
 */
export async function switchOnMetadata(client: IsapiClient, stream: number): Promise<void> {
  try {
    await switchOn(client, stream);
  } catch (thrown) {
    if (!mayBeElsewhere(thrown) || stream < STREAMS_OF_CHANNEL) throw thrown;
    await switchOn(client, Math.floor(stream / STREAMS_OF_CHANNEL));
  }
}

async function switchOn(client: IsapiClient, channel: number): Promise<void> {
  const operation = findOperation("metadata");
  if (operation === undefined) throw new TypeError("The catalogue has the operation metadata.");
  const failures: SurveillanceError[] = [];
  for (const metadataType of kinds) {
    const parameters = { channel: String(channel), port: "", event: "", metadataType, state: "on" as const };
    try {
      await runOperation(client, { operation, parameters, time: 0 });
    } catch (thrown) {
      const isAbsent = thrown instanceof SurveillanceError && thrown.code === "ISAPI_REPLY";
      if (!isAbsent) throw thrown;
      failures.push(thrown);
    }
  }
  if (failures[0] !== undefined && failures.length === kinds.length) throw failures[0];
}
