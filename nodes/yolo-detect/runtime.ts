import path from "node:path";
import type { NodeAPI } from "node-red";
import { SurveillanceError } from "../../src/core/errors";
import type { Picture } from "../../src/media/frame";
import { CameraWatch } from "../../src/vision/camera-watch";
import { Detector, type DetectorOptions } from "../../src/vision/detector";
import { readLabels } from "../../src/vision/model/labels";
import { providers } from "../../src/vision/model/session-settings";
import { pictureOf } from "../../src/vision/picture";
import { queuePolicies } from "../../src/vision/worker/job-queue";
import { pictureSourceOf, type DetectionMessage } from "../detection/detection-message";
import { onClose, onInput, reportError } from "../kit/guard";
import { choiceOption, listOption, numberOption, textOption } from "../kit/options";
import { registerNode } from "../kit/register";
import { showError } from "../kit/status";

/** As the editor saved it: numbers may be text, `${ENV}` is already replaced. */
interface Config {
  model?: unknown;
  labels?: unknown;
  confidence?: unknown;
  iou?: unknown;
  classes?: unknown;
  maxDetections?: unknown;
  workers?: unknown;
  threads?: unknown;
  provider?: unknown;
  queue?: unknown;
  queueSize?: unknown;
}

export = (RED: NodeAPI): void => {
  registerNode<Config>(RED, "yolo-detect", ({ node, config, status }) => {
    const showReady = (): void => {
      status("ok", "ready");
    };
    const report = (error: unknown): void => {
      if (isClosed(error)) return;
      showError(status, error);
      reportError(node, error);
    };
    const options = optionsOf(config, RED.settings.userDir ?? process.cwd());
    const detector = new Detector(options, {
      onWorkerDied: report,
      onWorkerReady: showReady,
    });
    status("connecting", "loading");
    detector.ready.then(({ runtime }) => {
      if (runtime === "wasm") status("ok", "readyWasm");
      else showReady();
    }, report);

    const watch = new CameraWatch();
    const warned = new Set<string>();
    onInput(node, async (msg: DetectionMessage, send) => {
      try {
        const { camera, mark } = pictureSourceOf(msg);
        // A queue that keeps every picture has no places to be taken.
        const isShared = options.queue === "latest" && watch.isShared(camera, mark);
        if (isShared && !warned.has(camera)) node.warn(sharedName(camera));
        if (isShared) warned.add(camera);
        const result = await detector.detect(pictureIn(msg), camera);
        if (result === "dropped") return;
        const { detections, ...detection } = result;
        msg.image = msg.payload;
        msg.payload = detections;
        msg.detection = { ...detection };
        send(msg);
        if (isShared) status("warning", "sharedName");
        else status("ok", "found", { count: detections.length, ms: Math.round(detection.totalMs) });
      } catch (error) {
        // A picture that a redeploy overtook is no error.
        if (isClosed(error)) return;
        showError(status, error);
        throw error;
      }
    });
    onClose(node, () => detector.close());
  });
};

function sharedName(camera: string): string {
  const name = camera === "" ? "without a name" : `under the name "${camera}"`;
  return (
    `Pictures of two cameras or more arrive ${name}, so they take each other's places in the queue. ` +
    "Give each its own msg.frame.camera or msg.topic, for instance by the names of their rtsp-frames nodes."
  );
}

function isClosed(error: unknown): boolean {
  return error instanceof SurveillanceError && error.code === "CLOSED";
}

function pictureIn({ payload, frame }: DetectionMessage): Picture {
  const picture = pictureOf(payload, frame);
  if (picture !== undefined) return picture;
  throw new SurveillanceError("IMAGE_INVALID", "The payload is no picture: it must be a Buffer.", {
    advice: "Send the bytes of a JPEG, PNG or WebP file, or raw RGB with its msg.frame.",
  });
}

function optionsOf(config: Config, userDir: string): DetectorOptions {
  const model = textOption(config.model);
  if (model === undefined)
    throw new SurveillanceError("CONFIG_INVALID", "No model is set.", {
      advice: "Give the path of an .onnx file.",
    });
  const threads = numberOption("threads", config.threads, { min: 1, max: 64, integer: true });
  return {
    model: path.resolve(userDir, model),
    labels: readLabels(textOption(config.labels) ?? "", userDir),
    confidence: numberOption("confidence", config.confidence, { min: 0, max: 1 }) ?? 0.25,
    iou: numberOption("iou", config.iou, { min: 0, max: 1 }) ?? 0.45,
    classes: listOption(config.classes),
    maxDetections:
      numberOption("maxDetections", config.maxDetections, { min: 1, max: 10_000, integer: true }) ?? 300,
    workers: numberOption("workers", config.workers, { min: 1, max: 16, integer: true }) ?? 1,
    ...(threads !== undefined && { threads }),
    provider: choiceOption("provider", config.provider, providers, "cpu"),
    queue: choiceOption("queue", config.queue, queuePolicies, "latest"),
    queueSize: numberOption("queueSize", config.queueSize, { min: 1, max: 1000, integer: true }) ?? 10,
  };
}
