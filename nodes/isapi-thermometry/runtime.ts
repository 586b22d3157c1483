import type { NodeAPI, NodeMessageInFlow } from "node-red";
import { SurveillanceError } from "../../src/core/errors";
import { isFields } from "../../src/core/fields";
import { topicFrom } from "../../src/events";
import { measure, type Area } from "../../src/isapi/thermal/measure";
import { RealtimeThermometry, type RealtimeUpload } from "../../src/isapi/thermal/realtime";
import { Thermometer } from "../../src/isapi/thermal/thermometer";
import { deviceOf } from "../isapi/device-node";
import { limitPending } from "../isapi/limit-pending";
import { defineNode } from "../kit/define-node";
import { onClose, onInput } from "../kit/guard";
import type { OptionValues } from "../kit/option-kinds";
import { numberOption, textOption } from "../kit/options";
import { closeWithNode, showSource } from "../kit/show-source";
import { options as definition } from "./options";

type ThermometryMessage = NodeMessageInFlow &
  Partial<Record<"channel" | "mode" | "point" | "region", unknown>>;
type Mode = OptionValues<typeof definition>["mode"];

const MAX_PENDING = 16;
const fractionRange = { min: 0, max: 1 };

export = (RED: NodeAPI): void => {
  defineNode(
    RED,
    { type: "isapi-thermometry", options: definition },
    ({ node, options, optionsFor, status }) => {
      const { client, name, host } = deviceOf(RED, options.device);
      const { mode: ownMode, raw } = options;
      const thermometer = new Thermometer(client);
      const closing = new AbortController();
      const topicOf = (channel: string): string => topicFrom("isapi", name ?? host, channel, "thermometry");
      const limited = limitPending({
        status,
        closing: closing.signal,
        max: MAX_PENDING,
        pending: "measurements are pending",
      });

      if (ownMode === "realtime") {
        const channel = String(options.channel);
        const shown = showSource({ node, status, counted: "readings" });
        const event = ({ readings, raw: body }: RealtimeUpload): void => {
          shown.count();
          const thermometry = { mode: ownMode, channel };
          node.send({ topic: topicOf(channel), payload: readings, thermometry, ...(raw && { raw: body }) });
        };
        closeWithNode(node, new RealtimeThermometry({ client, channel }, { ...shown, event }));
      }

      onInput(node, async (msg: ThermometryMessage, send) => {
        await limited(async () => {
          const onMessage = ownMode === "realtime" ? "manual" : ownMode;
          const merged = optionsFor({ channel: msg.channel, mode: textOption(msg.mode) ?? onMessage });
          const [mode, channel] = [merged.mode, String(merged.channel)];
          status("busy", "measuring");
          const payload = await take(mode, channel, areaIn(msg));
          status("ok", "measured");
          send({ ...msg, topic: topicOf(channel), payload, thermometry: { mode, channel } });
        });
      });
      onClose(node, () => {
        closing.abort();
      });

      async function take(mode: Mode, channel: string, area: Area | undefined): Promise<unknown> {
        if (mode === "realtime") {
          throw new SurveillanceError("CONFIG_INVALID", "A message cannot choose the mode realtime.", {
            advice: "Choose this mode in the node.",
          });
        }
        if (mode === "manual" && area === undefined) return thermometer.rules(channel, closing.signal);
        const image = await thermometer.image(channel, closing.signal);
        return area === undefined ? image : { ...measure(image, area), area, frozen: image.frozen };
      }
    },
  );
};

/**
 * Returns the area in a message: `region` with x, y, width and height, or `point` with x and y, all as fractions
 * of the image.
 *
 * @throws {SurveillanceError} CONFIG_INVALID
 */
function areaIn({ point, region }: ThermometryMessage): Area | undefined {
  const given = region ?? point;
  if (given === undefined || given === null) return undefined;
  const read = (name: string): number => {
    const value = isFields(given) ? numberOption(name, given[name], fractionRange) : undefined;
    if (value !== undefined) return value;
    throw new SurveillanceError("CONFIG_INVALID", `${name} of the point or region is missing.`, {
      advice: 'Set msg.point to {"x": 0.5, "y": 0.5}, or msg.region with width and height as well.',
    });
  };
  const [x, y] = [read("x"), read("y")];
  return given === point ? { x, y } : { x, y, width: read("width"), height: read("height") };
}
