import type { NodeAPI } from "node-red";
import { systemClock } from "../../src/core/clock";
import { topicOf } from "../../src/events";
import { IsapiEventSource } from "../../src/isapi/alerts/event-source";
import { wantedOf } from "../../src/isapi/device/arming";
import { AlertStreamStatus } from "./alert-stream-status";
import { onClose } from "../kit/guard";
import { deviceOf } from "../isapi/device-node";
import { booleanOption, listOption, numberOption } from "../kit/options";
import { registerNode } from "../kit/register";
import { throttledWarning } from "../kit/warnings";

interface Config {
  /** Id of an isapi-config node. */
  device: unknown;
  eventTypes?: unknown;
  channels?: unknown;
  targets?: unknown;
  endAfter?: unknown;
  updates?: unknown;
  heartbeats?: unknown;
  images?: unknown;
  offlineEvents?: unknown;
  maxBackoff?: unknown;
  raw?: unknown;
}

export = (RED: NodeAPI): void => {
  registerNode<Config>(RED, "isapi-alertstream-in", ({ node, config, status }) => {
    const device = deviceOf(RED, config.device);
    const raw = booleanOption("raw", config.raw, false);
    const eventTypes = listOption(config.eventTypes);
    const channels = listOption(config.channels);
    const shown = new AlertStreamStatus({
      node,
      status,
      readArming: async () => wantedOf(await device.arming(), { eventTypes, channels }),
    });

    const source = new IsapiEventSource(
      device,
      {
        eventTypes,
        channels,
        targets: listOption(config.targets),
        endAfter: numberOption("endAfter", config.endAfter, { min: 0, max: 86_400 }) ?? 5,
        updates: booleanOption("updates", config.updates, false),
        heartbeats: booleanOption("heartbeats", config.heartbeats, false),
        images: booleanOption("images", config.images, true),
        offlineEvents: booleanOption("offlineEvents", config.offlineEvents, false),
        maxBackoff: numberOption("maxBackoff", config.maxBackoff, { min: 1, max: 3600 }),
        clock: systemClock,
      },
      {
        event: (event, body) => {
          // Loss and return of the device are shown as such, and heartbeats are not what is waited for.
          if (event.type !== "deviceOffline" && event.type !== "heartbeat") shown.event();
          const withRaw = raw && body !== undefined ? { raw: body } : {};
          node.send({ topic: topicOf(event), payload: event, ...withRaw });
        },
        state: (state) => {
          shown.state(state);
        },
        warning: throttledWarning(node),
      },
    );
    onClose(node, () => {
      shown.close();
      source.close();
    });
  });
};
