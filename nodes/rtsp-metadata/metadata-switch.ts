import { SurveillanceError, type ErrorCode } from "../../src/core/errors";
import { switchOnMetadata } from "../../src/isapi/metadata/switch-on";
import { deviceOf } from "../isapi/device-node";
import type { NodeParts } from "../kit/define-node";
import type { options } from "./options";

/** The device responded, but does not have this setting or does not let it be changed. */
const REFUSALS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "ISAPI_NOT_FOUND",
  "ISAPI_FORBIDDEN",
  "ISAPI_STATUS",
  "ISAPI_REPLY",
  "ISAPI_NOT_APPLIED",
]);

/**
 * Makes the function that switches metadata on at an ISAPI device before its stream is opened. A device without such a
 * setting is not a failure: its metadata may be on nevertheless, and the stream shows whether it is.
 *
 * @returns undefined where the stream is not from a device, or the user does not want its settings changed
 */
export function metadataSwitch(
  { RED, options: { source, device, channel, enable } }: Pick<NodeParts<typeof options>, "RED" | "options">,
  warn: (text: string) => void,
): ((signal: AbortSignal) => Promise<void>) | undefined {
  if (source !== "isapi" || !enable) return undefined;
  const { client } = deviceOf(RED, device);
  return async (signal) => {
    try {
      await switchOnMetadata(client, channel, signal);
    } catch (thrown) {
      if (!(thrown instanceof SurveillanceError) || !REFUSALS.has(thrown.code)) throw thrown;
      warn(`Metadata could not be switched on: ${thrown.message}`);
    }
  };
}
