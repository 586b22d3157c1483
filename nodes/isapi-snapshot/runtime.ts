import type { NodeAPI, NodeMessageInFlow } from "node-red";
import { SnapshotTaker } from "../../src/isapi/request/snapshot";
import { deviceOf } from "../isapi/device-node";
import { limitPending } from "../isapi/limit-pending";
import { defineNode } from "../kit/define-node";
import { onClose, onInput } from "../kit/guard";
import { options } from "./options";

interface SnapshotMessage extends NodeMessageInFlow {
  channel?: unknown;
  stream?: unknown;
  width?: unknown;
  height?: unknown;
}

const MAX_PENDING = 32;

export = (RED: NodeAPI): void => {
  defineNode(
    RED,
    { type: "isapi-snapshot", options },
    ({ node, options: { device }, optionsFor, status }) => {
      const taker = new SnapshotTaker(deviceOf(RED, device).client);
      const closing = new AbortController();
      const limited = limitPending({
        status,
        closing: closing.signal,
        max: MAX_PENDING,
        pending: "snapshots are pending",
        advice: "Send fewer requests.",
      });

      onInput(node, async (msg: SnapshotMessage, send) => {
        await limited(async () => {
          const { channel, stream, width, height } = msg;
          const request = optionsFor({ channel, stream, width, height });
          status("busy", "taking");
          const { data, ...image } = await taker.take({ ...request, signal: closing.signal });
          status("ok", "taken", { width: image.width, height: image.height });
          send({ ...msg, payload: data, image });
        });
      });
      onClose(node, () => {
        closing.abort();
      });
    },
  );
};
