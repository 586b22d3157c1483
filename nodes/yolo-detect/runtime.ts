import type { NodeAPI } from "node-red";
import { isClosedError, SurveillanceError } from "../../src/core/errors";
import { Once } from "../../src/core/once";
import type { AnyImage } from "../../src/media/frame";
import { CameraWatch } from "../../src/vision/camera-watch";
import { Detector, type DetectorWatcher } from "../../src/vision/detector";
import { imageOf } from "../../src/vision/image";
import { imageSourceOf, type DetectionMessage } from "../detection/detection-message";
import { defineNode } from "../kit/define-node";
import { onClose, onInput, reportError } from "../kit/guard";
import { showError } from "../kit/status";
import { detectorOptions } from "./detector-options";
import { options } from "./options";
import { showServers } from "./show-servers";

export = (RED: NodeAPI): void => {
  defineNode(RED, { type: "yolo-detect", options }, ({ node, options, status }) => {
    const showReady = (): void => {
      status("ok", "ready");
    };
    const report = (error: unknown): void => {
      if (isClosedError(error)) return;
      showError(status, error);
      reportError(node, error);
    };
    const settings = detectorOptions(RED, options);
    const shown = settings.servers && showServers(node, status, settings.model !== undefined);
    const watcher: DetectorWatcher = shown ?? { onWorkerDied: report, onWorkerReady: showReady };
    status("connecting", shown === undefined ? "loading" : "connecting");
    const detector = new Detector(settings, watcher);
    detector.ready.then(
      ({ runtime }) => {
        if (runtime === "wasm") status("ok", "readyWasm");
        else if (shown === undefined) showReady();
      },
      (error: unknown) => {
        // The servers' watcher reports all but wrong settings.
        if (shown === undefined || isSetting(error)) report(error);
      },
    );

    const watch = new CameraWatch();
    const warned = new Once();
    onInput(node, async (msg: DetectionMessage, send) => {
      try {
        const { camera, mark } = imageSourceOf(msg);
        // The other queue does not replace images.
        const isShared = options.queue === "latest" && watch.isShared(camera, mark);
        if (isShared && warned.first(camera)) node.warn(sharedName(camera));
        const result = await detector.detect(imageIn(msg), camera);
        if (result === "dropped") return;
        const { detections, ...detection } = result;
        msg.image = msg.payload;
        msg.payload = detections;
        msg.detection = { ...detection };
        send(msg);
        if (isShared) status("warning", "sharedName");
        else if (shown?.showDegraded() !== true)
          status("ok", "found", { count: detections.length, ms: Math.round(detection.totalMs) });
      } catch (error) {
        // A redeploy cancels pending images. The node has not failed, but the message is not finished.
        if (!isClosedError(error)) showError(status, error);
        throw error;
      }
    });
    onClose(node, () => detector.close());
  });
};

function sharedName(camera: string): string {
  const name = camera === "" ? "without a name" : `under the name "${camera}"`;
  return (
    `Images of several cameras arrive ${name}, so they replace each other in the queue. ` +
    "Set msg.frame.camera or msg.topic for each camera, for example to the name of its rtsp-frames node."
  );
}

function isSetting(error: unknown): boolean {
  return error instanceof SurveillanceError && error.code === "CONFIG_INVALID";
}

function imageIn({ payload, frame }: DetectionMessage): AnyImage {
  const image = imageOf(payload, frame);
  if (image !== undefined) return image;
  throw new SurveillanceError("IMAGE_INVALID", "msg.payload is not an image: it must be a Buffer.", {
    advice: "Send the bytes of a JPEG, PNG or WebP file, or raw RGB with its msg.frame.",
  });
}
