import type { NodeAPI } from "node-red";
import { SurveillanceError } from "../src/errors";
import type { CameraStream } from "../src/rtsp/camera-stream";
import { streamOpener, type CameraStreamConfig } from "./shared/camera-stream";
import { onClose, onInput } from "./shared/guard";
import { booleanOption, choiceOption, textOption } from "./shared/options";
import { clipWish, type RecordMessage } from "./shared/record-message";
import { registerNode } from "./shared/register";
import { showError } from "./shared/status";
import { streamSources, type StreamLogin, type StreamSourceConfig } from "./shared/stream-source";

interface Config extends StreamSourceConfig, CameraStreamConfig {
  autostart?: unknown;
}

interface ControlMessage extends RecordMessage {
  action?: unknown;
  url?: unknown;
}

const actions = ["start", "stop", "restart", "status", "record"] as const;

export = (RED: NodeAPI): void => {
  registerNode<Config, StreamLogin>(
    RED,
    "rtsp-frames",
    (parts) => {
      const { node, config, status } = parts;
      const open = streamOpener(parts);
      const { configured, fromUrl } = streamSources(parts);
      let closed = false;
      /** What the last message with one named. */
      let present: string | undefined;
      let stream = configured === undefined ? undefined : open(configured);
      if (booleanOption("autostart", config.autostart, true)) stream?.start();
      if (stream?.running !== true) status("idle", "stopped");

      /** The stream that a message means; the one of its URL takes the place of the present one. */
      const streamFor = async (url: unknown, another = true): Promise<CameraStream> => {
        if (configured === undefined && textOption(url) !== undefined) {
          const source = fromUrl(url);
          const previous = stream;
          if (another || source.url !== present) stream = open(source);
          present = source.url;
          if (stream !== previous) await previous?.stop();
        }
        if (stream !== undefined) return stream;
        throw new SurveillanceError("CONFIG_INVALID", "msg.url is missing: there is no stream to start yet.");
      };
      const record = async (url: unknown, msg: RecordMessage): Promise<void> => {
        const wish = clipWish(parts, msg);
        try {
          // A clip that is being written goes on.
          const wanted = await streamFor(url, false);
          if (!closed) await wanted.record(wish);
        } catch (thrown) {
          // What a redeploy broke off is no error.
          if (closed) return;
          showError(status, thrown);
          throw thrown;
        }
      };

      onInput(node, async (msg: ControlMessage, send) => {
        const { action, url, ...rest } = msg;
        const wish = choiceOption("msg.action", action, actions, "start");
        if (wish === "record") return record(url, rest);
        if (wish === "status") {
          send({ ...rest, payload: stream?.statistics ?? { state: "stopped" } });
          return;
        }
        if (wish !== "start") await stream?.stop();
        if (wish === "stop") return;
        const wanted = await streamFor(url);
        if (!closed) wanted.start();
      });
      onClose(node, () => {
        closed = true;
        return stream?.close();
      });
    },
    { username: { type: "text" }, password: { type: "password" } },
  );
};
