import type { Node, NodeAPI, NodeCredentials, NodeDef } from "node-red";
import { toError } from "../../src/core/errors";
import { addAcknowledgingNode } from "./acknowledgement";
import { onInput, reportError } from "./guard";
import type { Options, OptionValues } from "./option-kinds";
import { readOptions } from "./read-options";
import { showError, statusOf, type ShowStatus } from "./status";

export interface NodeType<All extends Options, Credentials extends object> {
  /** The name of the type in the flow. */
  type: string;
  options: All;
  credentials?: NodeCredentials<Credentials>;
  /** The node calls `acknowledge` for every message, and a source that is connected directly always waits for it. */
  acknowledges?: true;
}

export interface NodeParts<All extends Options, Credentials extends object = object> {
  RED: NodeAPI;
  node: Node<Credentials>;
  options: OptionValues<All>;
  /**
   * Returns the options with the overrides of a message.
   * @throws {SurveillanceError} CONFIG_INVALID
   */
  optionsFor: (overrides: Partial<Record<keyof All, unknown>>) => OptionValues<All>;
  /** The credentials that the user entered; an empty object if there are none. */
  credentials: Partial<Credentials>;
  status: ShowStatus;
}

/**
 * Registers a node type. `setup` connects the node to its class in src/. If a setting is invalid or `setup` throws (a
 * package is missing), the node shows the error in its status and fails every message with it. The flow keeps running.
 */
export function defineNode<const All extends Options, Credentials extends object = object>(
  RED: NodeAPI,
  { type, options, credentials, acknowledges }: NodeType<All, Credentials>,
  setup: (parts: NodeParts<All, Credentials>) => void,
): void {
  RED.nodes.registerType(
    type,
    function (this: Node<Credentials>, config: NodeDef) {
      RED.nodes.createNode(this, config);
      if (acknowledges === true) addAcknowledgingNode(this);
      const status = statusOf(RED, this);
      // Node-RED leaves `credentials` undefined if none were saved.
      const { credentials: entered = {} } = this as { credentials?: Partial<Credentials> };
      try {
        setup({
          RED,
          node: this,
          options: readOptions(options, config),
          optionsFor: (overrides) => readOptions(options, config, overrides),
          credentials: entered,
          status,
        });
      } catch (thrown) {
        const error = toError(thrown);
        showError(status, error);
        // The flow's Catch nodes receive nothing before all nodes of the flow exist.
        setImmediate(() => {
          reportError(this, error);
        });
        onInput(this, () => {
          throw error;
        });
      }
    },
    credentials === undefined ? {} : { credentials },
  );
}
