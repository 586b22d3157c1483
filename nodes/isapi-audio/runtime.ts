import type { NodeAPI, NodeMessageInFlow } from "node-red";
import { SurveillanceError } from "../../src/core/errors";
import { TwoWayAudio } from "../../src/isapi/audio/two-way-audio";
import { defineNode } from "../kit/define-node";
import { limitPending } from "../isapi/limit-pending";
import { onClose, onInput } from "../kit/guard";
import { deviceOf } from "../isapi/device-node";
import type { OptionValues } from "../kit/option-kinds";
import { numberOption, textOption } from "../kit/options";
import { options as definition, volumeRange } from "./options";

/** The settings that a message may replace. */
type Overrides = Partial<Record<"channel" | "action" | "volume" | "file", unknown>>;
type AudioMessage = NodeMessageInFlow & Overrides;
type AudioOptions = OptionValues<typeof definition>;

const MAX_PENDING = 16;

export = (RED: NodeAPI): void => {
  defineNode(RED, { type: "isapi-audio", options: definition }, ({ node, options, optionsFor, status }) => {
    const device = deviceOf(RED, options.device);
    const { takeOver, ffmpeg } = options;
    const audio = new TwoWayAudio(device.client, { ffmpeg });
    const closing = new AbortController();
    const { signal } = closing;
    const hangUp = (): Promise<void> => {
      closing.abort();
      return audio.dispose();
    };
    // The device may close before this node, and an open channel is blocked for other clients.
    const unregister = device.beforeClose(hangUp);
    const limited = limitPending({
      status,
      closing: signal,
      max: MAX_PENDING,
      pending: "messages are pending",
    });

    const run = async (msg: AudioMessage): Promise<unknown> => {
      const merged = optionsFor({
        ...{ channel: msg.channel, action: msg.action, volume: msg.volume },
        file: textOption(msg.file),
      });
      const { action, channel } = merged;
      switch (action) {
        case "status": {
          const payload = await audio.channels(signal);
          status("ok", "channels", { count: payload.length });
          return payload;
        }
        case "volume": {
          const volume =
            merged.volume ?? numberOption("msg.payload", msg.payload, { ...volumeRange, integer: true });
          if (volume === undefined) throw new SurveillanceError("CONFIG_INVALID", "The volume is missing.");
          const payload = await audio.setVolume(channel, volume, signal);
          status("ok", "volume", { volume });
          return payload;
        }
        case "open":
          await audio.open(channel, { signal, takeOver });
          status("ok", "open");
          return { channel, open: true };
        case "close":
          await audio.close(channel, signal);
          status("idle", "closed");
          return { channel, open: false };
        case "play": {
          const clip = clipOf(msg, merged);
          status("busy", "preparing");
          const onProgress = (share: number): void => {
            status("busy", "playing", { percent: Math.floor(100 * share) });
          };
          const payload = await audio.play(channel, clip, { signal, takeOver, onProgress });
          status("ok", "played", { seconds: payload.seconds.toFixed(1) });
          return payload;
        }
      }
    };

    onInput(node, async (msg: AudioMessage, send) => {
      await limited(async () => {
        send({ ...msg, payload: await run(msg) });
      });
    });
    onClose(node, async () => {
      await hangUp();
      unregister();
    });
  });
};

/** Returns the clip in a message, else the path of the file. */
function clipOf({ payload }: AudioMessage, { file }: AudioOptions): Buffer | string {
  const clip = Buffer.isBuffer(payload) ? payload : file;
  if (clip !== undefined) return clip;
  throw new SurveillanceError("CONFIG_INVALID", "The clip to play is missing.", {
    advice: "Set msg.payload to the bytes of a WAV or MP3 file, or msg.file to its path.",
  });
}
