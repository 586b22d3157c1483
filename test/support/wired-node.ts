import { createRequire } from "node:module";
import type { Node, NodeInitializer, NodeMessage } from "node-red";
import helper from "node-red-node-test-helper";

helper.init(require.resolve("node-red"));

/** A message of a Catch node. */
export interface CaughtMessage extends NodeMessage {
  error: { message: string; code?: string; source: { type: string; id: string } };
}

/** A node in a flow, with a helper at its output and with the Catch and Complete nodes of Node-RED. */
export interface WiredNode<Output extends NodeMessage> {
  node: Node;
  /** The messages of the node so far. */
  received: Output[];
  /** Sends a message to the node and waits until it is done. @returns the error at a Catch node, if there is one */
  handle: (msg: object) => Promise<CaughtMessage["error"] | undefined>;
}

/** Other nodes that the tested node needs: config nodes, with their types and credentials. */
export interface Surroundings {
  initializers?: NodeInitializer[];
  nodes?: { id: string; type: string; [property: string]: unknown }[];
  /** By node id. */
  credentials?: Record<string, object>;
}

/** Loads a flow with one tested node. `helper.unload()` unloads it. */
export async function wireNode<Output extends NodeMessage>(
  initializer: NodeInitializer,
  config: { type: string; [property: string]: unknown },
  { initializers = [], nodes = [], credentials = {} }: Surroundings = {},
): Promise<WiredNode<Output>> {
  const core = ["24-complete", "25-catch"].map(
    (name) => createRequire(__filename)(`@node-red/nodes/core/common/${name}`) as NodeInitializer,
  );
  const flow = [
    { id: "tab", type: "tab" },
    ...nodes,
    { id: "subject", z: "tab", wires: [["out"]], ...config },
    { id: "out", z: "tab", type: "helper" },
    { id: "caught", z: "tab", type: "catch", scope: ["subject"], wires: [["ended"]] },
    { id: "completed", z: "tab", type: "complete", scope: ["subject"], wires: [["ended"]] },
    { id: "ended", z: "tab", type: "helper" },
  ];
  const types = [...initializers, initializer, ...core] as Parameters<typeof helper.load>[0];
  await helper.load(types, flow, credentials);
  const node = helper.getNode("subject");
  const received: Output[] = [];
  helper.getNode("out").on("input", (msg) => received.push(msg as Output));
  return {
    node,
    received,
    handle: async (msg) => {
      const ended = new Promise<Partial<CaughtMessage>>((resolve) => {
        helper.getNode("ended").once("input", (last) => {
          resolve(last as Partial<CaughtMessage>);
        });
      });
      node.receive(msg as NodeMessage);
      return (await ended).error;
    },
  };
}
