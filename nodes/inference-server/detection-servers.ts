import type { NodeAPI } from "node-red";
import { SurveillanceError } from "../../src/core/errors";
import type { DetectionServers } from "../../src/vision/model-types";
import type { InferenceServerCredentials } from "../detection/inference-server-node";
import type { OptionValues } from "../kit/option-kinds";
import { tlsOptions } from "../kit/tls";
import type { options } from "./options";

/**
 * Returns the servers of a node's settings.
 *
 * @throws {SurveillanceError} CONFIG_INVALID
 */
export function detectionServers(
  RED: NodeAPI,
  { urls, model = "", tls: tlsNode, verifyTls, ...rest }: OptionValues<typeof options>,
  { token }: InferenceServerCredentials,
): DetectionServers {
  if (urls.length === 0) throw invalid("The address of the inference server is missing.");
  for (const url of urls) {
    if (!/^https?:\/\//i.test(url) || !URL.canParse(url))
      throw invalid("An address of the inference servers is not valid.");
  }
  if (model === "" && rest.dialect === "kserve") throw invalid("The name of the model is missing.");
  const tls = tlsOptions(RED, tlsNode);
  return {
    ...rest,
    urls,
    model,
    // Both the node and its tls-config node can switch verification off.
    verifyTls: verifyTls && tls?.rejectUnauthorized !== false,
    ...(tls !== undefined && { tls }),
    ...(token !== undefined && token !== "" && { token }),
  };
}

function invalid(message: string): SurveillanceError {
  return new SurveillanceError("CONFIG_INVALID", message, {
    advice:
      'Check the settings of the inference server. An address is, for example, "http://192.168.1.20:8000".',
  });
}
