import type { NodeInitializer, NodeMessage } from "node-red";
import hcpConfig from "../../nodes/hcp-config/runtime";
import { wireNode, type Surroundings, type WiredNode } from "./wired-node";

/** Loads a flow with one hcp node and its server. */
export function wireHcpNode<Output extends NodeMessage>(
  initializer: NodeInitializer,
  config: { type: string; [property: string]: unknown },
  server: { url: string; [property: string]: unknown },
  credentials: object,
  more: Surroundings = {},
): Promise<WiredNode<Output>> {
  return wireNode<Output>(
    initializer,
    { server: "server", ...config },
    {
      initializers: [hcpConfig, ...(more.initializers ?? [])],
      nodes: [...(more.nodes ?? []), { id: "server", type: "hcp-config", ...server }],
      credentials: { server: credentials, ...more.credentials },
    },
  );
}
