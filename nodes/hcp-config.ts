import type { Node, NodeAPI } from "node-red";
import { SurveillanceError } from "../src/errors";
import { HcpClient, type HcpClientOptions } from "../src/hcp/client";
import { onClose } from "./shared/guard";
import type { HcpServerNode } from "./shared/hcp-server";
import { booleanOption, numberOption, textOption } from "./shared/options";
import { registerNode } from "./shared/register";

interface Config {
  url: string;
  contextPath: string;
  userId: string;
  /** Id of a tls-config node. */
  tls: string;
  verifyTls: boolean | string;
  timeout: number | string;
}

interface Credentials {
  appKey: string;
  appSecret: string;
}

/** What Node-RED's own tls-config node fills in. */
type TlsOptions = NonNullable<HcpClientOptions["tls"]> & { rejectUnauthorized?: boolean };

interface TlsConfigNode extends Node {
  addTLSOptions: (options: TlsOptions) => TlsOptions;
}

export = (RED: NodeAPI): void => {
  registerNode<Config, Credentials>(
    RED,
    "hcp-config",
    ({ node, config, credentials }) => {
      const tls = tlsOptions(RED, textOption(config.tls));
      const client = new HcpClient({
        url: textOption(config.url) ?? "",
        contextPath: textOption(config.contextPath),
        appKey: textOption(credentials.appKey) ?? "",
        appSecret: textOption(credentials.appSecret) ?? "",
        userId: textOption(config.userId),
        // Either place can switch verification off, each for its own servers.
        verifyTls: booleanOption("verifyTls", config.verifyTls, true) && tls?.rejectUnauthorized !== false,
        tls,
        timeout: numberOption("timeout", config.timeout, { min: 0.1, max: 600 }),
      });
      (node as HcpServerNode).client = client;
      onClose(node, () => client.close());
    },
    { appKey: { type: "text" }, appSecret: { type: "password" } },
  );
};

function tlsOptions(RED: NodeAPI, id: string | undefined): TlsOptions | undefined {
  if (id === undefined) return undefined;
  const node = RED.nodes.getNode(id) as TlsConfigNode | null;
  if (node === null)
    throw new SurveillanceError("CONFIG_INVALID", "The chosen TLS configuration does not exist.");
  return node.addTLSOptions({});
}
