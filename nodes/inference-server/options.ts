import { imageFits } from "../../src/vision/model-types";
import { dialects, inferenceServerDefaults } from "../../src/vision/servers/types";
import { choice, flag, list, number, reference, text, when } from "../kit/option-kinds";

const side = number("", { min: 32, max: 4096, whole: true });

export const options = {
  /** Servers with the same model, separated by commas. */
  urls: list(),
  dialect: choice(inferenceServerDefaults.dialect, dialects),
  /** Required by `kserve`. Blank means the default model of a `deepstack` server. */
  model: text(""),
  /** Blank: the server chooses. */
  version: when("dialect", ["kserve"], text("")),
  /** Requests to each server at the same time. */
  inFlight: number(inferenceServerDefaults.inFlight, { min: 1, max: 64, whole: true }),
  /** Seconds */
  timeout: number(inferenceServerDefaults.timeout, { min: 0.1, max: 600 }),
  /** The header `Host`, if it differs from the URL. */
  host: text(""),
  tls: reference("tls-config", false),
  verifyTls: flag(true),
  /** The size of the model's input, pixels, if the server does not tell it. */
  width: when("dialect", ["kserve"], side),
  height: when("dialect", ["kserve"], side),
  /** How the server fits a JPEG file into the model's input. */
  fit: when("dialect", ["kserve"], choice("letterbox", imageFits)),
};
