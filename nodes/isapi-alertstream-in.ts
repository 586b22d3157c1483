import type { NodeAPI } from "node-red";
import { systemClock } from "../src/clock";
import { topicOf } from "../src/events";
import { EventSource } from "../src/isapi/alerts/event-source";
import type { StreamState } from "../src/isapi/alerts/alert-stream";
import { onClose, reportError } from "./shared/guard";
import { deviceOf } from "./shared/isapi-device-node";
import { booleanOption, listOption, numberOption } from "./shared/options";
import { registerNode } from "./shared/register";
import { showError } from "./shared/status";
import { throttledWarning } from "./shared/warnings";

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
    let events = 0;
    let reported: string | undefined;

    const showState = (state: StreamState): void => {
      if (state.kind === "connecting") {
        status("connecting", "connecting");
      } else if (state.kind === "connected") {
        reported = undefined;
        if (events === 0) status("ok", "connected");
        else status("ok", "events", { count: events });
      } else {
        showError(status, state.error);
        // One fault is one error, however often it is met again while it lasts.
        if (reported !== state.error.code) reportError(node, state.error);
        reported = state.error.code;
      }
    };

    const source = new EventSource(
      device,
      {
        eventTypes: listOption(config.eventTypes),
        channels: listOption(config.channels),
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
          events += 1;
          if (event.type !== "deviceOffline") status("ok", "events", { count: events });
          const withRaw = raw && body !== undefined ? { raw: body } : {};
          node.send({ topic: topicOf(event), payload: event, ...withRaw });
        },
        state: showState,
        warning: throttledWarning(node),
      },
    );
    onClose(node, () => {
      source.close();
    });
  });
};
