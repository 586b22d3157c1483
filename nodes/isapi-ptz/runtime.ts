import type { NodeAPI, NodeMessageInFlow } from "node-red";
import { PtzController } from "../../src/isapi/ptz/controller";
import { limitPending } from "../isapi/limit-pending";
import { onClose, onInput, reportError } from "../kit/guard";
import { deviceOf } from "../isapi/device-node";
import { textOption } from "../kit/options";
import { readPtzCommand, type PtzFields } from "./ptz-message";
import { registerNode } from "../kit/register";
import { showError } from "../kit/status";

interface Config extends PtzFields {
  /** Id of an isapi-config node. */
  device: unknown;
  channel?: unknown;
}

interface PtzMessage extends NodeMessageInFlow, PtzFields {
  channel?: unknown;
}

const MAX_WAITING = 32;

export = (RED: NodeAPI): void => {
  registerNode<Config>(RED, "isapi-ptz", ({ node, config, status }) => {
    // What the config says is checked at deploy, not at the first message.
    readPtzCommand(config, {});
    const controller = new PtzController(deviceOf(RED, config.device), {
      stopFailed: (thrown) => {
        showError(status, thrown);
        reportError(node, thrown);
      },
    });
    const closing = new AbortController();
    const bounded = limitPending({
      status,
      closing: closing.signal,
      max: MAX_WAITING,
      pending: "PTZ commands are waiting for the device",
      advice: "Send commands less often.",
    });

    onInput(node, async (msg: PtzMessage, send) => {
      // There is always room for a stop.
      const isStop = textOption(msg.command ?? config.command) === "stop";
      await bounded(
        async () => {
          const channel = textOption(msg.channel ?? config.channel) ?? "1";
          const command = readPtzCommand(config, msg);
          status("busy", "sending");
          const payload = await controller.run(channel, command);
          status("ok", "accepted", { command: command.command });
          send({ ...msg, payload, ptz: { command: command.command, channel } });
        },
        isStop ? 2 * MAX_WAITING : MAX_WAITING,
      );
    });
    onClose(node, () => {
      closing.abort();
      return controller.close();
    });
  });
};
