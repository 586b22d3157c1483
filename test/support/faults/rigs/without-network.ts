import path from "node:path";
import type { Rig } from "../rig";

const person = { label: "person", classId: 0, score: 0.9, box: { x: 10, y: 10, width: 20, height: 40 } };

export const yoloDetect: Rig = {
  type: "yolo-detect",
  contacts: ["child"],
  nodes: ({ site, variant }) => [
    { id: "yolo-detect", type: "yolo-detect", model: site.model, name: variant.name },
  ],
  message: ({ picture }) => ({ payload: picture }),
};

/** Each mark is another camera, so that every message begins an event. */
export const detectionRule: Rig = {
  type: "detection-rule",
  contacts: ["clock"],
  nodes: ({ variant }) => [
    {
      ...{ id: "detection-rule", type: "detection-rule", labels: "person", name: variant.name },
      ...{ minScore: "0.5", hits: "1", window: "1" },
    },
  ],
  message: (_, mark) => ({
    payload: [person],
    frame: { camera: `yard ${mark}` },
    detection: { model: "any.onnx", width: 64, height: 48 },
  }),
};

export const detectionDraw: Rig = {
  type: "detection-draw",
  contacts: [],
  nodes: ({ variant }) => [
    { id: "detection-draw", type: "detection-draw", labels: "person=#00ff00", name: variant.name },
  ],
  message: ({ picture }) => ({
    payload: [person],
    image: picture,
    detection: { model: "any.onnx", width: 320, height: 180 },
  }),
};

export const eventArchive: Rig = {
  type: "event-archive",
  contacts: ["disk", "clock"],
  nodes: ({ folder, variant }) => [
    {
      ...{ id: "event-archive", type: "event-archive", folder: path.join(folder, "archive"), csv: true },
      ...{ images: true, name: variant.name },
    },
  ],
  message: (_, mark) => ({
    payload: {
      ...{ source: "detection", type: "motion", vendorType: "motion", state: "pulse", id: mark },
      ...{
        time: "2026-03-02T08:00:00.000Z",
        receivedTime: "2026-03-02T08:00:00.000Z",
        targets: [],
        images: [],
      },
      ...{ device: { name: "gate" }, channel: { id: "1" }, details: {} },
    },
  }),
};
