import type { NodeAPI, NodeMessage } from "node-red";
import { topicPart } from "../../src/events";
import type { FrameInfo } from "../../src/media/frame";
import { CameraStream, type CameraActivity, type CameraEvent } from "../../src/rtsp/camera-stream";
import type { StreamSource } from "../../src/rtsp/stream-url";
import { defineNode } from "../kit/define-node";
import { onInput } from "../kit/guard";
import { textOption } from "../kit/options";
import { closeWithNode, showSource } from "../kit/show-source";
import { StreamControl } from "../rtsp/stream-control";
import { streamCredentials } from "../rtsp/stream-source";
import { clipMessage, clipRequest, recorderOptions } from "./clip-message";
import { options } from "./options";

interface FrameMessage extends NodeMessage {
  payload: Buffer;
  frame: FrameInfo;
}

export = (RED: NodeAPI): void => {
  defineNode(RED, { type: "rtsp-frames", options, credentials: streamCredentials }, (parts) => {
    const { node, options: settings, status } = parts;
    const { transport, stallTimeout, maxBackoff, ffmpeg, fps, width, height, format, hwaccel } = settings;
    const common = { transport, stallTimeout, maxBackoff, ffmpeg, camera: textOption(node.name) };
    // An address has several topic levels. A name has one level, even if it contains slashes.
    const topicOfCamera = common.camera === undefined ? (address: string) => address : topicPart;
    const shown = showSource<CameraActivity>({
      ...{ node, status },
      show: (state) => {
        if (state.kind !== "connected") return undefined;
        return state.activity === "frames" ? ["ok", "fps", { fps: state.fps }] : ["ok", state.activity];
      },
    });

    const event = (happened: CameraEvent): void => {
      if ("frame" in happened) {
        const { data, info } = happened.frame;
        const msg: FrameMessage = { topic: topicOfCamera(info.camera), payload: data, frame: info };
        node.send(msg);
      } else {
        const { recorded, trigger } = happened;
        node.send([null, clipMessage(recorded, topicOfCamera(recorded.camera), trigger)]);
      }
    };
    const open = (source: StreamSource): CameraStream => {
      const frames = fps === 0 ? undefined : { ...common, fps, width, height, format, hwaccel, source };
      return new CameraStream(frames, { ...common, ...recorderOptions(parts), source }, { ...shown, event });
    };

    const control = new StreamControl(parts, open, {
      record: (stream, msg) => stream.record(clipRequest(parts, msg)),
    });
    onInput(node, (msg, send) => control.handle(msg, send));
    closeWithNode(node, control);
  });
};
