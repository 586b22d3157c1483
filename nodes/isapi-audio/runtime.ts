import type { NodeAPI, NodeMessageInFlow } from "node-red";
import { SurveillanceError } from "../../src/core/errors";
import { TwoWayAudio } from "../../src/isapi/audio/two-way-audio";
import { limitPending } from "../isapi/limit-pending";
import { onClose, onInput } from "../kit/guard";
import { deviceOf } from "../isapi/device-node";
import { booleanOption, choiceOption, numberOption, textOption } from "../kit/options";
import { registerNode } from "../kit/register";

/** What a message may hold in place of a setting. */
interface Wishes {
  channel?: unknown;
  action?: unknown;
  volume?: unknown;
  /** Path of a clip. */
  file?: unknown;
}

interface Config extends Wishes {
  /** Id of an isapi-config node. */
  device: unknown;
  takeOver?: unknown;
  ffmpeg?: unknown;
}

type AudioMessage = NodeMessageInFlow & Wishes;

const actions = ["status", "volume", "play", "open", "close"] as const;
const MAX_WAITING = 16;

export = (RED: NodeAPI): void => {
  registerNode<Config>(RED, "isapi-audio", ({ node, config, status }) => {
    const device = deviceOf(RED, config.device);
    // What the config says is checked at deploy, not at the first message.
    const read = (msg: Omit<AudioMessage, "_msgid">) => ({
      action: choiceOption("action", msg.action ?? config.action, actions, "play"),
      channel: textOption(msg.channel ?? config.channel) ?? "1",
      volume: numberOption("volume", msg.volume ?? config.volume, { min: 0, max: 100, integer: true }),
    });
    read({});
    const audio = new TwoWayAudio(device.client, { ffmpeg: textOption(config.ffmpeg) });
    const takeOver = booleanOption("takeOver", config.takeOver, false);
    const closing = new AbortController();
    const { signal } = closing;
    const hangUp = (): Promise<void> => {
      closing.abort();
      return audio.dispose();
    };
    // The device may be closed before this node is; a channel that stays open is in use for everybody else.
    const takeBack = device.beforeClose(hangUp);
    const bounded = limitPending({
      status,
      closing: signal,
      max: MAX_WAITING,
      pending: "messages are waiting for the device",
    });

    const run = async (msg: AudioMessage): Promise<unknown> => {
      const { action, channel, volume } = read(msg);
      switch (action) {
        case "status": {
          const payload = await audio.channels(signal);
          status("ok", "channels", { count: payload.length });
          return payload;
        }
        case "volume": {
          const level =
            volume ?? numberOption("msg.payload", msg.payload, { min: 0, max: 100, integer: true });
          if (level === undefined) throw new SurveillanceError("CONFIG_INVALID", "No volume is given.");
          const payload = await audio.setVolume(channel, level, signal);
          status("ok", "volume", { volume: level });
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
          const clip = clipOf(msg, config);
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
      await bounded(async () => {
        send({ ...msg, payload: await run(msg) });
      });
    });
    onClose(node, async () => {
      await hangUp();
      takeBack();
    });
  });
};

/** The clip in the message, else the file that it or the configuration names. */
function clipOf(msg: AudioMessage, config: Config): Buffer | string {
  const clip = Buffer.isBuffer(msg.payload) ? msg.payload : (textOption(msg.file) ?? textOption(config.file));
  if (clip !== undefined) return clip;
  throw new SurveillanceError("CONFIG_INVALID", "There is no clip to play.", {
    advice: "Put a WAV or MP3 file's bytes into msg.payload, or its path into msg.file.",
  });
}
