import type { NodeMessage } from "node-red";
import { topicPart } from "../../src/events";
import type { FrameInfo } from "../../src/media/frame";
import { CameraStream } from "../../src/rtsp/camera-stream";
import { hwaccels } from "../../src/rtsp/frames/frame-arguments";
import type { FrameStreamOptions } from "../../src/rtsp/frames/frame-stream";
import { transports } from "../../src/rtsp/input";
import type { StreamSource } from "../../src/rtsp/stream-url";
import { reportError } from "../kit/guard";
import { choiceOption, numberOption, textOption } from "../kit/options";
import { recordingMessage, recordOptions, type RecordConfig } from "./clip-message";
import type { NodeParts } from "../kit/register";
import { showError } from "../kit/status";

/** As the editor saved it: numbers and booleans may be text, `${ENV}` is already replaced. */
export interface CameraStreamConfig extends RecordConfig {
  transport?: unknown;
  /** 0 for no pictures. */
  fps?: unknown;
  width?: unknown;
  height?: unknown;
  format?: unknown;
  hwaccel?: unknown;
  stallTimeout?: unknown;
  maxBackoff?: unknown;
  ffmpeg?: unknown;
}

interface FrameMessage extends NodeMessage {
  payload: Buffer;
  frame: FrameInfo;
}

/**
 * Makes the function that opens a stream and lets the node send what comes out of it.
 *
 * @throws {SurveillanceError} CONFIG_INVALID
 */
export function streamOpener<Config extends CameraStreamConfig>(
  parts: NodeParts<Config, object>,
): (source: StreamSource) => CameraStream {
  const { node, config, status } = parts;
  const common = {
    transport: choiceOption("transport", config.transport, transports, "tcp"),
    stallTimeout: numberOption("stallTimeout", config.stallTimeout, { min: 1, max: 3600 }) ?? 10,
    maxBackoff: numberOption("maxBackoff", config.maxBackoff, { min: 1, max: 3600 }),
    ffmpeg: textOption(config.ffmpeg),
    camera: textOption(node.name),
  };
  const pictures = pictureOptions(config);
  const recordings = recordOptions(parts);
  // An address has levels; a name has one, whatever it holds.
  const topicOfCamera = common.camera === undefined ? (address: string) => address : topicPart;
  return (source) => {
    const frames = pictures.fps === 0 ? undefined : { ...common, ...pictures, source };
    const stream = new CameraStream(frames, { ...common, ...recordings, source });
    stream.on("frame", ({ data, info }) => {
      const msg: FrameMessage = { topic: topicOfCamera(info.camera), payload: data, frame: info };
      node.send(msg);
    });
    stream.on("recorded", (recorded, trigger) => {
      node.send([null, recordingMessage(recorded, topicOfCamera(recorded.camera), trigger)]);
    });
    stream.on("failure", (error) => {
      reportError(node, error);
    });
    stream.on("state", (state) => {
      if (state.name === "streaming") status("ok", "fps", { fps: state.fps });
      else if (state.name === "waiting" || state.name === "failing") showError(status, state.error);
      else if (state.name === "recording" || state.name === "ready") status("ok", state.name);
      else status(state.name === "stopped" ? "idle" : "connecting", state.name);
    });
    return stream;
  };
}

function pictureOptions(
  config: CameraStreamConfig,
): Pick<FrameStreamOptions, "fps" | "width" | "height" | "format" | "hwaccel"> {
  const size = { min: 16, max: 8192, integer: true };
  return {
    fps: numberOption("fps", config.fps, { min: 0, max: 60 }) ?? 1,
    width: numberOption("width", config.width, size),
    height: numberOption("height", config.height, size),
    format: choiceOption("format", config.format, ["jpeg", "rgb"], "jpeg"),
    hwaccel: choiceOption("hwaccel", config.hwaccel, hwaccels, "none"),
  };
}
