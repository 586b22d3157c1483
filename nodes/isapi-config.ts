import type { NodeAPI } from "node-red";
import { IsapiDevice } from "../src/isapi/device";
import { onClose } from "./shared/guard";
import { registerIsapiRoutes } from "./shared/isapi-admin";
import {
  clientOptions,
  type IsapiConfig,
  type IsapiCredentials,
  type IsapiDeviceNode,
} from "./shared/isapi-device-node";
import { textOption } from "./shared/options";
import { registerNode } from "./shared/register";
import { throttledWarning } from "./shared/warnings";

export = (RED: NodeAPI): void => {
  registerIsapiRoutes(RED);
  registerNode<IsapiConfig, IsapiCredentials>(
    RED,
    "isapi-config",
    ({ node, config, credentials }) => {
      const device = new IsapiDevice({
        ...clientOptions(RED, config, credentials),
        name: textOption(config.name),
        warn: throttledWarning(node),
      });
      (node as IsapiDeviceNode).device = device;
      onClose(node, () => device.close());
    },
    { username: { type: "text" }, password: { type: "password" } },
  );
};
