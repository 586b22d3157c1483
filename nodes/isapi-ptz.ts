import type { NodeAPI, NodeMessageInFlow } from "node-red";
import { SurveillanceError } from "../src/errors";
import { PtzController } from "../src/isapi/ptz/controller";
import { onClose, onInput, reportError } from "./shared/guard";
import { deviceOf } from "./shared/isapi-device-node";
import { textOption } from "./shared/options";
import { readPtzCommand, type PtzFields } from "./shared/ptz-message";
import { registerNode } from "./shared/register";
import { showError } from "./shared/status";

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
    const device = deviceOf(RED, config.device);
    const controller = new PtzController({
      client: device.client,
      motions: device.motions,
      stopFailed: (thrown) => {
        showError(status, thrown);
        reportError(node, thrown);
      },
    });
    // The device may be closed before this node is; a camera must not go on turning for it.
    const takeBack = device.beforeClose(() => controller.close());
    let waiting = 0;
    let closed = false;
    // What the config says is checked at deploy, not at the first message.
    readPtzCommand(config, {});

    onInput(node, async (msg: PtzMessage, send) => {
      const channel = textOption(msg.channel ?? config.channel) ?? "1";
      const command = readPtzCommand(config, msg);
      // There is always room for a stop.
      if (waiting >= (command.command === "stop" ? 2 * MAX_WAITING : MAX_WAITING)) {
        throw new SurveillanceError(
          "QUEUE_FULL",
          `${waiting} PTZ commands are waiting for the device already.`,
          { advice: "Send commands less often." },
        );
      }
      waiting += 1;
      try {
        status("busy", "sending");
        const payload = await controller.run(channel, command);
        status("ok", "accepted", { command: command.command });
        send({ ...msg, payload, ptz: { command: command.command, channel } });
      } catch (thrown) {
        // What a redeploy broke off is no error.
        if (closed) return;
        showError(status, thrown);
        throw thrown;
      } finally {
        waiting -= 1;
      }
    });
    onClose(node, async () => {
      closed = true;
      await controller.close();
      takeBack();
    });
  });
};
