import { SurveillanceError } from "../../core/errors";
import { readResponse } from "../request/response";
import type { IsapiClient } from "../connection/client";
import { textOf, type Fields } from "../documents/fields";
import { contentOf, parseXml } from "../xml";

/** What is asked of a thermal camera, and the flag by which it says that it can. */
const flags = {
  realtime: { flag: "isSupportRealTimethermometryForHTTP", what: "real-time thermometry over HTTP" },
  image: { flag: "isSupportJpegPicWithAppendData", what: "pictures with temperatures" },
  rules: { flag: "isSupportThermometry", what: "thermometry" },
} as const;

export type ThermalFunction = keyof typeof flags;

/**
 * Makes sure that a device can do something thermal.
 *
 * @throws {SurveillanceError} ISAPI_NOT_FOUND saying what it cannot do, or what the client throws
 */
export async function requireThermal(
  client: IsapiClient,
  name: ThermalFunction,
  signal?: AbortSignal,
): Promise<void> {
  const { flag, what } = flags[name];
  let fields: Fields;
  try {
    fields = await readResponse(client, { path: "/ISAPI/Thermal/capabilities", signal }, (body) =>
      contentOf(parseXml(body.toString()), /^Thermal\w*Cap$/i),
    );
  } catch (thrown) {
    if (!(thrown instanceof SurveillanceError) || thrown.code !== "ISAPI_NOT_FOUND") throw thrown;
    throw new SurveillanceError("ISAPI_NOT_FOUND", `${client.where} is no thermal camera.`, {
      cause: thrown,
      advice: "Choose a device that measures temperatures.",
    });
  }
  // Firmware does not agree on the capitals.
  const found = Object.keys(fields).find((key) => key.toLowerCase() === flag.toLowerCase());
  if (found !== undefined && textOf(fields, found) === "true") return;
  throw new SurveillanceError("ISAPI_NOT_FOUND", `${client.where} does not offer ${what} (${flag}).`, {
    advice: "Update its firmware, or measure in another mode.",
  });
}
