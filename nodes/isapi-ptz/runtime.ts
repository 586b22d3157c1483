import type { NodeAPI, NodeMessageInFlow } from "node-red";
import { PtzController } from "../../src/isapi/ptz/controller";
import { deviceOf } from "../isapi/device-node";
import { limitPending } from "../isapi/limit-pending";
import { defineNode } from "../kit/define-node";
import { onClose, onInput, reportError } from "../kit/guard";
import { textOption } from "../kit/options";
import { showError } from "../kit/status";
import { options as definition } from "./options";
import { overridesIn, ptzCommandOf, type PtzOverrides } from "./ptz-message";

type PtzMessage = NodeMessageInFlow & PtzOverrides;

const MAX_PENDING = 32;

export = (RED: NodeAPI): void => {
  defineNode(RED, { type: "isapi-ptz", options: definition }, ({ node, options, optionsFor, status }) => {
    // Check the settings at deploy, not at the first message.
    ptzCommandOf(options);
    const controller = new PtzController(deviceOf(RED, options.device), {
      stopFailed: (thrown) => {
        showError(status, thrown);
        reportError(node, thrown);
      },
    });
    const closing = new AbortController();
    const limited = limitPending({
      status,
      closing: closing.signal,
      max: MAX_PENDING,
      pending: "PTZ commands are pending",
      advice: "Send fewer commands.",
    });

    onInput(node, async (msg: PtzMessage, send) => {
      // A stop has extra room in the queue.
      const isStop = (textOption(msg.command) ?? options.command) === "stop";
      await limited(
        async () => {
          const merged = optionsFor(overridesIn(msg, options));
          const { channel } = merged;
          const command = ptzCommandOf(merged);
          status("busy", "sending");
          const payload = await controller.run(channel, command);
          status("ok", "accepted", { command: command.command });
          send({ ...msg, payload, ptz: { command: command.command, channel } });
        },
        isStop ? 2 * MAX_PENDING : MAX_PENDING,
      );
    });
    onClose(node, () => {
      closing.abort();
      return controller.close();
    });
  });
};
