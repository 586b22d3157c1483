import { SurveillanceError } from "../../core/errors";
import { readResponse } from "../request/response";
import type { IsapiClient } from "../connection/client";
import { textOf, type Fields } from "../../core/fields";
import { contentOf, parseXml } from "../documents/xml";

/** The functions of a thermal camera, each with its flag in the capabilities. */
const flags = {
  realtime: { flag: "isSupportRealTimethermometryForHTTP", what: "real-time thermometry over HTTP" },
  image: { flag: "isSupportJpegPicWithAppendData", what: "images with temperatures" },
  rules: { flag: "isSupportThermometry", what: "thermometry" },
} as const;

export type ThermalFunction = keyof typeof flags;

/**
 * Checks that a device supports a thermal function.
 *
 * @throws {SurveillanceError} ISAPI_NOT_FOUND naming the missing function, or what the client throws
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
    throw new SurveillanceError("ISAPI_NOT_FOUND", `${client.where} is not a thermal camera.`, {
      cause: thrown,
      advice: "Choose a device that supports thermometry.",
    });
  }
  // Firmware versions differ in upper and lower case.
  const found = Object.keys(fields).find((key) => key.toLowerCase() === flag.toLowerCase());
  if (found !== undefined && textOf(fields, found) === "true") return;
  throw new SurveillanceError("ISAPI_NOT_FOUND", `${client.where} does not support ${what} (${flag}).`, {
    advice: "Update the firmware of the device, or use another mode.",
  });
}
