import type { NodeAPI } from "node-red";
import { HcpClient } from "../../src/hcp/request/client";
import { onClose } from "../kit/guard";
import { serveServerHelpers } from "../hcp/admin";
import {
  hcpClientOptions,
  type HcpCredentials,
  type HcpServerConfig,
  type HcpServerNode,
} from "../hcp/server";
import { registerNode } from "../kit/register";

export = (RED: NodeAPI): void => {
  serveServerHelpers(RED);
  registerNode<HcpServerConfig, HcpCredentials>(
    RED,
    "hcp-config",
    ({ node, config, credentials }) => {
      const client = new HcpClient(hcpClientOptions(RED, config, credentials));
      (node as HcpServerNode).client = client;
      onClose(node, () => client.close());
    },
    { appKey: { type: "text" }, appSecret: { type: "password" } },
  );
};
