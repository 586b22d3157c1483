import type { NodeAPI } from "node-red";
import { IsapiDevice } from "../../src/isapi/device/device";
import type { IsapiCredentials, IsapiDeviceNode } from "../isapi/device-node";
import { defineNode } from "../kit/define-node";
import { onClose } from "../kit/guard";
import { textOption } from "../kit/options";
import { throttledWarning } from "../kit/warnings";
import { registerIsapiRoutes } from "./admin";
import { clientOptions } from "./client-options";
import { options } from "./options";

export = (RED: NodeAPI): void => {
  registerIsapiRoutes(RED);
  defineNode<typeof options, IsapiCredentials>(
    RED,
    {
      type: "isapi-config",
      options,
      credentials: { username: { type: "text" }, password: { type: "password" } },
    },
    ({ node, options: settings, credentials }) => {
      const device = new IsapiDevice({
        ...clientOptions(RED, settings, credentials),
        // Without a name, the device's own name is used.
        name: textOption(node.name),
        warn: throttledWarning(node),
      });
      (node as IsapiDeviceNode).device = device;
      onClose(node, () => device.close());
    },
  );
};
