import path from "node:path";
import type { NodeAPI } from "node-red";
import { SurveillanceError } from "../../src/core/errors";
import type { DetectorOptions } from "../../src/vision/detector";
import { readLabels } from "../../src/vision/labels";
import { inferenceServersOf } from "../detection/inference-server-node";
import type { OptionValues } from "../kit/option-kinds";
import type { options } from "./options";

/**
 * Returns the options of the detector for the settings of the node.
 *
 * @throws {SurveillanceError} CONFIG_INVALID
 */
export function detectorOptions(RED: NodeAPI, settings: OptionValues<typeof options>): DetectorOptions {
  const { model: file, labels, threads, runsOn, inferenceServer, fallback, ...rest } = settings;
  const userDir = RED.settings.userDir ?? process.cwd();
  const model = file === undefined ? undefined : path.resolve(userDir, file);
  if (runsOn === "here" && model === undefined)
    throw new SurveillanceError("CONFIG_INVALID", "The model is missing.", {
      advice: "Enter the path of an .onnx file.",
    });
  return {
    ...rest,
    ...(runsOn === "server" && { servers: inferenceServersOf(RED, inferenceServer) }),
    ...(model !== undefined && (runsOn === "here" || fallback) && { model }),
    labels: readLabels(labels ?? "", userDir),
    ...(threads !== undefined && { threads }),
  };
}
