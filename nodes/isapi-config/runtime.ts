import type { NodeAPI } from "node-red";
import { IsapiDevice } from "../../src/isapi/device/device";
import { onClose } from "../kit/guard";
import { registerIsapiRoutes } from "../isapi/admin";
import {
  clientOptions,
  type IsapiConfig,
  type IsapiCredentials,
  type IsapiDeviceNode,
} from "../isapi/device-node";
import { textOption } from "../kit/options";
import { registerNode } from "../kit/register";
import { throttledWarning } from "../kit/warnings";

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
