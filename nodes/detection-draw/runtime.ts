import type { NodeAPI } from "node-red";
import { isClosedError, SurveillanceError } from "../../src/core/errors";
import { parseColours } from "../../src/vision/draw/colours";
import { Drawer } from "../../src/vision/draw/draw";
import { fromDetections, fromEvent, isDrawableEvent } from "../../src/vision/draw/draw-input";
import { parseZones } from "../../src/vision/rules/zones";
import { imageSizeOf, type DetectionMessage } from "../detection/detection-message";
import { defineNode } from "../kit/define-node";
import { onClose, onInput } from "../kit/guard";
import { showError } from "../kit/status";
import { options } from "./options";

export = (RED: NodeAPI): void => {
  defineNode(
    RED,
    { type: "detection-draw", options },
    ({ node, options: { labels, zones: drawn }, status }) => {
      const colourOf = parseColours(labels);
      const configuredZones = parseZones(drawn);
      const drawer = new Drawer();
      status("idle", "waiting");

      onInput(node, async (msg: DetectionMessage, send) => {
        const { payload } = msg;
        const isEvent = isDrawableEvent(payload);
        try {
          const zones = msg.zones === undefined ? configuredZones : parseZones(msg.zones);
          const { image, marks } = isEvent
            ? fromEvent(payload)
            : fromDetections(payload, msg.image, msg.frame, imageSizeOf(msg));
          if (image === undefined) {
            // An end without a frame has no image. That is not an error.
            if (!isEvent) throw noImage();
            status("idle", "noPicture");
            return;
          }
          const { data, width, height } = await drawer.draw(image, { marks, zones, colourOf });
          const frame = { ...msg.frame, width, height, format: "jpeg", channels: 3 };
          send({ ...msg, ...(isEvent ? { event: payload } : { detections: payload }), frame, payload: data });
          status("ok", "drawn", { width, height });
        } catch (thrown) {
          // A redeploy cancels waiting images. The node has not failed, but the message is not finished.
          if (!isClosedError(thrown)) showError(status, thrown);
          throw thrown;
        }
      });
      onClose(node, () => {
        drawer.close();
      });
    },
  );
};

function noImage(): SurveillanceError {
  return new SurveillanceError("IMAGE_INVALID", "msg.image is missing: there is no image to draw on.", {
    advice: "Connect the output of a yolo-detect node, or send a common event.",
  });
}
