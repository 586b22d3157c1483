import type { NodeAPI, NodeMessage, NodeMessageInFlow } from "node-red";
import { SurveillanceError } from "../src/errors";
import type { FrameInfo } from "../src/frame";
import { hwaccels } from "../src/rtsp/frames/frame-arguments";
import { FrameStream, type FrameStreamOptions } from "../src/rtsp/frames/frame-stream";
import { transports } from "../src/rtsp/input";
import type { StreamSource } from "../src/rtsp/stream-url";
import { onClose, onInput, reportError } from "./shared/guard";
import { booleanOption, choiceOption, numberOption, textOption } from "./shared/options";
import { registerNode, type NodeParts } from "./shared/register";
import { showError } from "./shared/status";
import { streamSources, type StreamLogin, type StreamSourceConfig } from "./shared/stream-source";

/** As the editor saved it: numbers and booleans may be text, `${ENV}` is already replaced. */
interface Config extends StreamSourceConfig {
  transport?: unknown;
  fps?: unknown;
  width?: unknown;
  height?: unknown;
  format?: unknown;
  hwaccel?: unknown;
  autostart?: unknown;
  stallTimeout?: unknown;
  ffmpeg?: unknown;
}

interface ControlMessage extends NodeMessageInFlow {
  action?: unknown;
  url?: unknown;
}

interface FrameMessage extends NodeMessage {
  payload: Buffer;
  frame: FrameInfo;
}

export = (RED: NodeAPI): void => {
  registerNode<Config, StreamLogin>(
    RED,
    "rtsp-frames",
    (parts) => {
      const { node, config } = parts;
      const options = optionsOf(parts);
      const { configured, fromUrl } = streamSources(parts);
      let closed = false;
      let stream = configured === undefined ? undefined : openStream(parts, options, configured);
      if (booleanOption("autostart", config.autostart, true)) stream?.start();
      if (stream?.running !== true) parts.status("idle", "stopped");

      /** The stream that a message means; one from another URL takes the place of the present one. */
      const streamFor = async (url: unknown): Promise<FrameStream> => {
        if (configured === undefined && textOption(url) !== undefined) {
          const next = openStream(parts, options, fromUrl(url));
          const previous = stream;
          stream = next;
          await previous?.stop();
        }
        if (stream !== undefined) return stream;
        throw new SurveillanceError("CONFIG_INVALID", "msg.url is missing: there is no stream to start yet.");
      };

      onInput(node, async (msg: ControlMessage, send) => {
        const { action, url, ...rest } = msg;
        const wish = choiceOption("msg.action", action, ["start", "stop", "restart", "status"], "start");
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
        return stream?.stop();
      });
    },
    { username: { type: "text" }, password: { type: "password" } },
  );
};

function openStream(
  { node, status }: NodeParts<Config, StreamLogin>,
  options: Omit<FrameStreamOptions, "source">,
  source: StreamSource,
): FrameStream {
  const stream = new FrameStream({ ...options, source });
  stream.on("frame", ({ data, info }) => {
    const msg: FrameMessage = { topic: info.camera, payload: data, frame: info };
    node.send(msg);
  });
  stream.on("failure", (error) => {
    reportError(node, error);
  });
  stream.on("state", (state) => {
    if (state.name === "streaming") status("ok", "fps", { fps: state.fps });
    else if (state.name === "waiting") showError(status, state.error);
    else status(state.name === "stopped" ? "idle" : "connecting", state.name);
  });
  return stream;
}

function optionsOf({ node, config }: NodeParts<Config, StreamLogin>): Omit<FrameStreamOptions, "source"> {
  const size = { min: 16, max: 8192, integer: true };
  return {
    camera: textOption(node.name),
    transport: choiceOption("transport", config.transport, transports, "tcp"),
    fps: numberOption("fps", config.fps, { min: 0.01, max: 60 }) ?? 1,
    width: numberOption("width", config.width, size),
    height: numberOption("height", config.height, size),
    format: choiceOption("format", config.format, ["jpeg", "rgb"], "jpeg"),
    hwaccel: choiceOption("hwaccel", config.hwaccel, hwaccels, "none"),
    stallTimeout: numberOption("stallTimeout", config.stallTimeout, { min: 1, max: 3600 }) ?? 10,
    ffmpeg: textOption(config.ffmpeg),
  };
}
