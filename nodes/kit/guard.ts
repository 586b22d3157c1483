import type { Node, NodeMessage, NodeMessageInFlow } from "node-red";
import { toError } from "../../src/core/errors";

export type Send = (msg: NodeMessage | (NodeMessage | NodeMessage[] | null)[]) => void;

/**
 * Listens to a node's messages. Node-RED exits when an async input listener rejects, so every node takes its messages
 * through here: `done` is called exactly once, with the error if the handler throws or rejects.
 *
 * The handler starts in the same tick as the message arrives, so the order of messages is kept.
 */
export function onInput(
  node: Node,
  handler: (msg: NodeMessageInFlow, send: Send) => Promise<void> | void,
): void {
  // Exactly three parameters: Node-RED reads the listener's arity.
  node.on("input", (msg, send, done) => {
    new Promise<void>((resolve) => {
      resolve(handler(msg, send));
    }).then(
      () => {
        done();
      },
      (thrown: unknown) => {
        done(toError(thrown));
      },
    );
  });
}

/**
 * Runs a clean-up when the node is closed, and tells Node-RED when it is through. A failing clean-up is logged: it
 * must not hold up the deploy.
 *
 * @param handler gets `removed`: true when the node was deleted, false when it is only redeployed
 */
export function onClose(node: Node, handler: (removed: boolean) => Promise<void> | void): void {
  node.on("close", (removed: boolean, done: () => void) => {
    new Promise<void>((resolve) => {
      resolve(handler(removed));
    })
      .catch((thrown: unknown) => {
        node.warn(toError(thrown));
      })
      .finally(done);
  });
}

/**
 * Reports an error that belongs to no message (a lost connection, a failed start). Node-RED only hands it to Catch
 * nodes when a message object comes with it.
 */
export function reportError(node: Node, thrown: unknown): void {
  node.error(toError(thrown), {});
}
