import type { NodeAPI } from "node-red";
import { topicOf } from "../../src/events";
import { IsapiEventSource } from "../../src/isapi/alerts/event-source";
import { matchingEvents } from "../../src/isapi/device/arming";
import { deviceOf } from "../isapi/device-node";
import { defineNode } from "../kit/define-node";
import { closeWithNode } from "../kit/show-source";
import { showAlertStream } from "./alert-stream-status";
import { options } from "./options";

export = (RED: NodeAPI): void => {
  defineNode(RED, { type: "isapi-alertstream-in", options }, ({ node, options: settings, status }) => {
    const device = deviceOf(RED, settings.device);
    const shown = showAlertStream({
      node,
      status,
      readArming: async () => matchingEvents(await device.arming(), settings),
    });
    node.on("close", shown.close);

    const source = new IsapiEventSource(device, settings, {
      ...shown,
      event: ({ event, raw }) => {
        // The count is for alarms, and not for the state of the device and heartbeats.
        if (event.type !== "deviceOffline" && event.type !== "heartbeat") shown.count();
        const withRaw = settings.raw && raw !== undefined ? { raw } : {};
        node.send({ topic: topicOf(event), payload: event, ...withRaw });
      },
    });
    closeWithNode(node, source);
  });
};
