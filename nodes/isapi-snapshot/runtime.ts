import type { NodeAPI, NodeMessageInFlow } from "node-red";
import { SnapshotTaker } from "../../src/isapi/request/snapshot";
import { limitPending } from "../isapi/limit-pending";
import { onClose, onInput } from "../kit/guard";
import { deviceOf } from "../isapi/device-node";
import { choiceOption, numberOption, textOption } from "../kit/options";
import { registerNode } from "../kit/register";

interface Config {
  /** Id of an isapi-config node. */
  device: unknown;
  channel?: unknown;
  stream?: unknown;
  width?: unknown;
  height?: unknown;
}

interface SnapshotMessage extends NodeMessageInFlow {
  channel?: unknown;
  stream?: unknown;
  width?: unknown;
  height?: unknown;
}

const MAX_WAITING = 32;
const pixels = { min: 16, max: 16_384, integer: true };

export = (RED: NodeAPI): void => {
  registerNode<Config>(RED, "isapi-snapshot", ({ node, config, status }) => {
    const taker = new SnapshotTaker(deviceOf(RED, config.device).client);
    const closing = new AbortController();
    const bounded = limitPending({
      status,
      closing: closing.signal,
      max: MAX_WAITING,
      pending: "pictures are being taken",
      advice: "Ask less often.",
    });
    // What the config says is checked at deploy, not at the first message.
    const read = (msg: Omit<SnapshotMessage, "_msgid">) => ({
      channel: textOption(msg.channel ?? config.channel) ?? "101",
      stream: choiceOption("stream", msg.stream ?? config.stream, ["main", "sub", "third"], "main"),
      width: numberOption("width", msg.width ?? config.width, pixels),
      height: numberOption("height", msg.height ?? config.height, pixels),
    });
    read({});

    onInput(node, async (msg: SnapshotMessage, send) => {
      await bounded(async () => {
        status("busy", "taking");
        const { data, ...image } = await taker.take({ ...read(msg), signal: closing.signal });
        status("ok", "taken", { width: image.width, height: image.height });
        send({ ...msg, payload: data, image });
      });
    });
    onClose(node, () => {
      closing.abort();
    });
  });
};
