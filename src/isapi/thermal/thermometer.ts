import { readResponse } from "../request/response";
import type { IsapiClient } from "../connection/client";
import { textOf } from "../../core/fields";
import { contentOf, parseXml } from "../documents/xml";
import { requireThermal } from "./capabilities";
import { readThermalImage, type ThermalImage } from "./image";
import { readRulesInfo, type ThermalReading } from "./readings";

/** The scene with the rules: fixed cameras have only this one. */
const SCENE = 1;

/** Measures temperatures on demand. Source: thermal guide. */
export class Thermometer {
  readonly #client: IsapiClient;

  constructor(client: IsapiClient) {
    this.#client = client;
  }

  /**
   * Returns the current temperatures of all rules of a channel.
   *
   * @throws {SurveillanceError} ISAPI_NOT_FOUND without thermometry, ISAPI_REPLY, or what the client throws
   */
  async rules(channel: string, signal?: AbortSignal): Promise<ThermalReading[]> {
    await requireThermal(this.#client, "rules", signal);
    const base = `/ISAPI/Thermal/channels/${channel}/thermometry`;
    const basic = await readResponse(this.#client, { path: `${base}/basicParam`, signal }, (body) =>
      contentOf(parseXml(body.toString()), /^ThermometryBasicParam$/i),
    );
    const path = `${base}/${SCENE}/rulesTemperatureInfo?format=json`;
    return readResponse(this.#client, { path, signal }, (body) =>
      readRulesInfo(body.toString(), textOf(basic, "temperatureUnit")),
    );
  }

  /**
   * Returns an image with the temperature of every pixel.
   *
   * @throws {SurveillanceError} as `rules`
   */
  async image(channel: string, signal?: AbortSignal): Promise<ThermalImage> {
    await requireThermal(this.#client, "image", signal);
    const path = `/ISAPI/Thermal/channels/${channel}/thermometry/jpegPicWithAppendData?format=json`;
    return readResponse(this.#client, { path, signal }, readThermalImage);
  }
}
