import type { Node, NodeAPI, NodeMessage } from "node-red";
import { DeliveryWindow, type WindowMessage } from "../../src/store/delivery-window";
import { openStore } from "../events/open-store";
import { defineNode } from "../kit/define-node";
import { NOT_DONE, onInput } from "../kit/guard";
import { closeWithNode, showSource } from "../kit/show-source";
import { backOf, takeBack } from "./back";
import { options as settings } from "./options";

export = (RED: NodeAPI): void => {
  defineNode(RED, { type: "events-in", options: settings }, ({ node, options, status }) => {
    const { stream, filter, pending, ackWait, maxDeliver, consumer = node.id } = options;
    const store = openStore(RED, node, options);
    const shown = showSource({
      node,
      status,
      show: ({ kind }, count) => {
        if (kind === "connecting") return ["connecting", "opening"];
        if (kind !== "connected" && kind !== "waiting") return undefined;
        if (window.inFlow > 0) return ["busy", "flowing", { count: window.inFlow }];
        return count === 0 ? ["ok", "waiting"] : ["ok", "delivered", { count }];
      },
    });
    const deliver = ({ msg, subject, sequence, site, count, givenUp }: WindowMessage): void => {
      const { delivery } = msg as { delivery?: object };
      const at = { stream, ...(site !== undefined && { site }), sequence };
      const place = { ...at, consumer, subject: subject.join("/"), count };
      const message = { ...msg, delivery: { ...delivery, ...place } } as NodeMessage;
      node.send(givenUp ? [null, message] : [message, null]);
      if (givenUp) shown.refresh();
      else shown.count();
    };
    const window: DeliveryWindow = new DeliveryWindow(
      store,
      {
        consumer,
        ...(filter !== undefined && { filter }),
        pending,
        ackWaitMs: ackWait * 1000,
        maxDeliver,
      },
      { ...shown, event: deliver },
    );

    onInput(node, async (msg) => {
      const back = backOf(msg, { stream, consumer });
      const known = back !== undefined && !back.isLoop && (await takeBack(window, back));
      if (known) {
        shown.refresh();
        return undefined;
      }
      const values = { sequence: back?.sequence ?? "?", seconds: ackWait };
      const kind = back === undefined ? "undelivered" : back.isLoop ? "loop" : "unknown";
      shown.warning(RED._(`warning.${kind}`, values));
      // A Complete node that waits for this node would send it here again, for ever.
      return NOT_DONE;
    });
    closeWithNode(node, {
      close: async (removed) => {
        await window.close(removed === true && isDeleted(RED, node));
        await store.close();
      },
    });
  });
};

/** Tells whether a node was deleted from all flows. To Node-RED, a disabled node is removed, too: its messages wait. */
function isDeleted(RED: NodeAPI, { id }: Node): boolean {
  let isKnown = false;
  RED.nodes.eachNode((each) => {
    isKnown ||= each.id === id;
  });
  return !isKnown;
}
