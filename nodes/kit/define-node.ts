import type { Node, NodeAPI, NodeCredentials, NodeDef } from "node-red";
import { toError } from "../../src/core/errors";
import { givesAcknowledgements } from "./acknowledgement";
import { onInput, reportError } from "./guard";
import type { Options, OptionValues } from "./option-kinds";
import { readOptions } from "./read-options";
import { showError, statusOf, type ShowStatus } from "./status";

export interface NodeType<All extends Options, Credentials extends object> {
  /** As the flow names it. */
  type: string;
  options: All;
  credentials?: NodeCredentials<Credentials>;
  /** The node calls `acknowledge` for every message. */
  acknowledges?: true;
}

export interface NodeParts<All extends Options, Credentials extends object = object> {
  RED: NodeAPI;
  node: Node<Credentials>;
  options: OptionValues<All>;
  /**
   * The options with what a message says in place of some.
   * @throws {SurveillanceError} CONFIG_INVALID
   */
  optionsFor: (overrides: Partial<Record<keyof All, unknown>>) => OptionValues<All>;
  /** What the user entered; an empty object where there are none. */
  credentials: Partial<Credentials>;
  status: ShowStatus;
}

/**
 * Registers a node type. `setup` wires the node to its class in src/. When a setting cannot be used, or `setup` throws
 * (a missing package), the node says so in its status and answers every message with that error instead of taking the
 * whole flow down.
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
      if (acknowledges === true) givesAcknowledgements(this);
      const status = statusOf(RED, this);
      // Node-RED leaves `credentials` undefined where none were ever saved.
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
        // The flow's Catch nodes hear nothing before all of its nodes are there.
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
