import type { NodeAPI } from "node-red";
import { HcpClient } from "../../src/hcp/request/client";
import type { HcpServerNode } from "../hcp/server";
import { defineNode } from "../kit/define-node";
import { onClose } from "../kit/guard";
import { serveServerHelpers } from "./admin";
import { hcpClientOptions, type HcpCredentials } from "./client-options";
import { options as settings } from "./options";

export = (RED: NodeAPI): void => {
  serveServerHelpers(RED);
  defineNode<typeof settings, HcpCredentials>(
    RED,
    {
      type: "hcp-config",
      options: settings,
      credentials: { appKey: { type: "text" }, appSecret: { type: "password" } },
    },
    ({ node, options, credentials }) => {
      const client = new HcpClient(hcpClientOptions(RED, options, credentials));
      (node as HcpServerNode).client = client;
      onClose(node, () => client.close());
    },
  );
};
