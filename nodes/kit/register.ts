import type { Node, NodeAPI, NodeCredentials, NodeDef } from "node-red";
import { toError } from "../../src/core/errors";
import { nodeDefaults } from "./defaults";
import { onInput, reportError } from "./guard";
import { showError, statusOf, type ShowStatus } from "./status";

export interface NodeParts<Config, Credentials extends object> {
  RED: NodeAPI;
  node: Node<Credentials>;
  config: Config & NodeDef;
  /** What the user entered; an empty object where there are none. */
  credentials: Partial<Credentials>;
  status: ShowStatus;
}

/**
 * Registers a node type. `setup` turns the config into options and wires the node to its class in src/; when it throws
 * (a bad setting, a missing package), the node says so in its status and answers every message with that error instead
 * of taking the whole flow down.
 */
export function registerNode<Config extends object, Credentials extends object = object>(
  RED: NodeAPI,
  type: string,
  setup: (parts: NodeParts<Config, Credentials>) => void,
  credentials?: NodeCredentials<Credentials>,
): void {
  RED.nodes.registerType(
    type,
    function (this: Node<Credentials>, config: Config & NodeDef) {
      RED.nodes.createNode(this, config);
      const status = statusOf(RED, this);
      try {
        // Node-RED leaves `credentials` undefined where none were ever saved.
        const entered = (this.credentials as Credentials | undefined) ?? {};
        const settings = withDefaults(type, config);
        setup({ RED, node: this, config: settings, credentials: entered, status });
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

/** A flow that is older than a setting, or written by hand, may not have it: the dialog's default holds. */
function withDefaults<Config extends object>(type: string, config: Config): Config {
  const given = Object.entries(config).filter(([, value]) => value !== undefined && value !== null);
  return { ...nodeDefaults[type], ...Object.fromEntries(given) } as Config;
}
