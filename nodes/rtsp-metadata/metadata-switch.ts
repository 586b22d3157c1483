import { SurveillanceError, type ErrorCode } from "../../src/core/errors";
import { switchOnMetadata } from "../../src/isapi/metadata/switch-on";
import { deviceOf } from "../isapi/device-node";
import type { NodeParts } from "../kit/define-node";
import type { options } from "./options";

/** The codes of a device that does not have this setting, or does not allow a change. */
const REFUSALS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "ISAPI_NOT_FOUND",
  "ISAPI_FORBIDDEN",
  "ISAPI_STATUS",
  "ISAPI_REPLY",
  "ISAPI_NOT_APPLIED",
]);

/**
 * Returns a function that switches on metadata at an ISAPI device before the stream opens. If the device does not have
 * this setting, that is not a failure: its metadata may be on, and the stream shows whether it is.
 *
 * @returns undefined if the stream does not come from a device, or the user disabled the change of its settings
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
      warn(`Switching on metadata failed: ${thrown.message}`);
    }
  };
}
