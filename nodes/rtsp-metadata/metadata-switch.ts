import { SurveillanceError, type ErrorCode } from "../../src/core/errors";
import { switchOnMetadata } from "../../src/isapi/metadata/switch-on";
import { deviceOf } from "../isapi/device-node";
import { booleanOption } from "../kit/options";
import type { NodeParts } from "../kit/register";
import { channelOf, type StreamLogin, type StreamSourceConfig } from "../rtsp/stream-source";

/** The device answered, but has no such setting or does not let it be changed. */
const REFUSALS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "ISAPI_NOT_FOUND",
  "ISAPI_FORBIDDEN",
  "ISAPI_STATUS",
  "ISAPI_REPLY",
  "ISAPI_NOT_APPLIED",
]);

/**
 * What switches metadata on at an ISAPI device before its stream is opened; undefined where the stream is no device's,
 * or the user does not want its settings touched. A device that does not have the switch is no failure: its metadata
 * may be on all the same, which the stream will tell.
 */
export function metadataSwitch<Config extends StreamSourceConfig & { enable?: unknown }>(
  { RED, config }: NodeParts<Config, StreamLogin>,
  warn: (text: string) => void,
): ((signal: AbortSignal) => Promise<void>) | undefined {
  if (config.source !== "isapi" || !booleanOption("enable", config.enable, true)) return undefined;
  const { client } = deviceOf(RED, config.device);
  const channel = channelOf(config);
  return async (signal) => {
    try {
      await switchOnMetadata(client, channel, signal);
    } catch (thrown) {
      if (!(thrown instanceof SurveillanceError) || !REFUSALS.has(thrown.code)) throw thrown;
      warn(`Metadata could not be switched on: ${thrown.message}`);
    }
  };
}
