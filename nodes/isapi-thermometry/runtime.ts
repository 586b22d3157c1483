import type { NodeAPI, NodeMessageInFlow } from "node-red";
import { SurveillanceError } from "../../src/core/errors";
import { topicFrom } from "../../src/events";
import type { StreamState } from "../../src/isapi/stream/keep-open";
import { measure, type Area } from "../../src/isapi/thermal/measure";
import { RealtimeThermometry } from "../../src/isapi/thermal/realtime";
import { Thermometer } from "../../src/isapi/thermal/thermometer";
import { limitPending } from "../isapi/limit-pending";
import { onClose, onInput, reportError } from "../kit/guard";
import { deviceOf } from "../isapi/device-node";
import { booleanOption, choiceOption, numberOption, textOption } from "../kit/options";
import { registerNode } from "../kit/register";
import { showError } from "../kit/status";
import { areaOf } from "./thermal-message";
import { throttledWarning } from "../kit/warnings";

interface Config {
  /** Id of an isapi-config node. */
  device: unknown;
  channel?: unknown;
  mode?: unknown;
  raw?: unknown;
}

interface ThermometryMessage extends NodeMessageInFlow {
  channel?: unknown;
  mode?: unknown;
  point?: unknown;
  region?: unknown;
}

const MAX_WAITING = 16;
const modes = ["realtime", "manual", "image"] as const;

export = (RED: NodeAPI): void => {
  registerNode<Config>(RED, "isapi-thermometry", ({ node, config, status }) => {
    const { client, name, host } = deviceOf(RED, config.device);
    const mode = choiceOption("mode", config.mode, modes, "realtime");
    const raw = booleanOption("raw", config.raw, false);
    const thermometer = new Thermometer(client);
    const closing = new AbortController();
    const channelOf = (value: unknown): string =>
      String(numberOption("channel", value, { min: 1, max: 9999, integer: true }) ?? 2);
    const topicOf = (channel: string): string => topicFrom("isapi", name ?? host, channel, "thermometry");
    const bounded = limitPending({
      status,
      closing: closing.signal,
      max: MAX_WAITING,
      pending: "measurements are under way",
    });

    if (mode === "realtime") {
      const channel = channelOf(config.channel);
      let [count, reported] = [0, ""];
      const showState = (state: StreamState): void => {
        if (state.kind !== "down") {
          if (state.kind === "connected") reported = "";
          status(state.kind === "connected" ? "ok" : "connecting", state.kind);
          return;
        }
        showError(status, state.error);
        // One fault is one error, however often it is met again while it lasts.
        if (reported !== state.error.code) reportError(node, state.error);
        reported = state.error.code;
      };
      const stream = new RealtimeThermometry(
        { client, channel },
        {
          readings: (payload, body) => {
            count += 1;
            status("ok", "readings", { count });
            const thermometry = { mode, channel };
            node.send({
              topic: topicOf(channel),
              payload,
              thermometry,
              ...(raw ? { raw: body } : {}),
            });
          },
          state: showState,
          warning: throttledWarning(node),
        },
      );
      closing.signal.addEventListener("abort", () => {
        stream.close();
      });
    }

    onInput(node, async (msg: ThermometryMessage, send) => {
      await bounded(async () => {
        const usual = mode === "realtime" ? "manual" : mode;
        const asked = choiceOption("mode", textOption(msg.mode), modes, usual);
        const channel = channelOf(msg.channel ?? config.channel);
        status("busy", "measuring");
        const payload = await take(asked, channel, areaOf(msg));
        status("ok", "measured");
        send({ ...msg, topic: topicOf(channel), payload, thermometry: { mode: asked, channel } });
      });
    });
    onClose(node, () => {
      closing.abort();
    });

    async function take(
      asked: (typeof modes)[number],
      channel: string,
      area: Area | undefined,
    ): Promise<unknown> {
      if (asked === "realtime") {
        throw new SurveillanceError("CONFIG_INVALID", "Real-time temperatures come by themselves.", {
          advice: "Choose the mode realtime in the node.",
        });
      }
      if (asked === "manual" && area === undefined) return thermometer.rules(channel, closing.signal);
      const image = await thermometer.image(channel, closing.signal);
      return area === undefined ? image : { ...measure(image, area), area, frozen: image.frozen };
    }
  });
};
