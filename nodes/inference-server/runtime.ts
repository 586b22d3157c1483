import type { NodeAPI } from "node-red";
import type { InferenceServerCredentials, InferenceServerNode } from "../detection/inference-server-node";
import { defineNode } from "../kit/define-node";
import { registerTestRoute } from "./admin";
import { detectionServers } from "./detection-servers";
import { options } from "./options";

export = (RED: NodeAPI): void => {
  registerTestRoute(RED);
  defineNode<typeof options, InferenceServerCredentials>(
    RED,
    { type: "inference-server", options, credentials: { token: { type: "password" } } },
    ({ node, options: settings, credentials }) => {
      // The connection belongs to the detectors that use it: the last one closes it.
      (node as InferenceServerNode).servers = detectionServers(RED, settings, credentials);
    },
  );
};
