import type { Node, NodeAPI, NodeMessage } from "node-red";
import { DeliveryWindow, type WindowMessage } from "../../src/store/delivery-window";
import { openStore } from "../events/open-store";
import { defineNode } from "../kit/define-node";
import { onInput } from "../kit/guard";
import { closeWithNode, showSource } from "../kit/show-source";
import { backOf } from "./back";
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
      if (back === undefined) {
        shown.warning(RED._("warning.undelivered"));
        return;
      }
      const { sequence, site, nackMs } = back;
      const isKnown =
        sequence !== undefined &&
        (nackMs === undefined
          ? await window.acknowledge(sequence, site)
          : window.again(sequence, nackMs, site));
      if (!isKnown) shown.warning(RED._("warning.unknown", { sequence: sequence ?? "?", seconds: ackWait }));
      shown.refresh();
    });
    closeWithNode(node, {
      close: async (removed) => {
        await window.close(removed === true && isDeleted(RED, node));
        await store.close();
      },
    });
  });
};

/** Tells whether a node is no longer in any flow. To Node-RED, a disabled node is removed, too: its messages wait. */
function isDeleted(RED: NodeAPI, { id }: Node): boolean {
  let isKnown = false;
  RED.nodes.eachNode((each) => {
    isKnown ||= each.id === id;
  });
  return !isKnown;
}
