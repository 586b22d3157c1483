import type { Node, NodeMessage, NodeMessageInFlow } from "node-red";
import { toError } from "../../src/core/errors";

export type Send = (msg: NodeMessage | (NodeMessage | NodeMessage[] | null)[]) => void;

/** A handler returns this for a message that is neither done nor failed: no Complete and no Catch node gets it. */
export const NOT_DONE = Symbol("not done");

/**
 * Listens to a node's messages. Node-RED exits when an async input listener rejects, so every node uses this function:
 * `done` is called once, with the error if the handler throws or rejects.
 *
 * The handler starts in the tick in which the message arrives, so the order of messages is kept.
 */
export function onInput(node: Node, handler: (msg: NodeMessageInFlow, send: Send) => unknown): void {
  // Exactly three parameters: Node-RED reads the listener's arity.
  node.on("input", (msg, send, done) => {
    new Promise<unknown>((resolve) => {
      resolve(handler(msg, send));
    }).then(
      (result) => {
        if (result !== NOT_DONE) done();
      },
      (thrown: unknown) => {
        done(toError(thrown));
      },
    );
  });
}

/**
 * Runs a clean-up when the node is closed, and reports its end to Node-RED. A failed clean-up is logged and does not
 * block the deploy.
 *
 * @param handler receives `removed`: true if the node was deleted, false if it is redeployed
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
 * Reports an error that belongs to no message (a lost connection, a failed start). It has a message object, because
 * Node-RED passes no other error to Catch nodes.
 */
export function reportError(node: Node, thrown: unknown): void {
  node.error(toError(thrown), {});
}
