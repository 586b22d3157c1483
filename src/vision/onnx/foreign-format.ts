import path from "node:path";
import { SurveillanceError } from "../../core/errors";

const EXPORT_ULTRALYTICS =
  'Export it to ONNX with its own project. For Ultralytics models: "yolo export model=best.pt format=onnx".';
const EXPORT_SOURCE = `It cannot be converted. Use the .pt file that it was made from. ${EXPORT_ULTRALYTICS}`;

/** The other formats of models, by the extension of the file. */
const formats: [extensions: RegExp, format: string, advice: string][] = [
  [/\.(pt|pth|torchscript|safetensors)$/i, "PyTorch weights", EXPORT_ULTRALYTICS],
  [/\.(engine|trt|plan)$/i, "a TensorRT engine, made for one graphics card", EXPORT_SOURCE],
  [
    /\.tflite$/i,
    "a TensorFlow Lite model",
    'Convert it with "python -m tf2onnx.convert --tflite model.tflite --output model.onnx", or export the .pt file.',
  ],
  [/\.(pb|h5|keras)$/i, "a TensorFlow model", "Convert it to ONNX with tf2onnx."],
  [
    /\.(weights|cfg)$/i,
    "a Darknet model",
    "Convert it to ONNX, or use a published ONNX file of the same model.",
  ],
  [/\.(xml|bin|param|rknn|hef|mlmodel|mlpackage)$/i, "made for another runtime", EXPORT_SOURCE],
];

/**
 * Returns an error for a file in another program's format: its message names the format, its advice the way to ONNX.
 *
 * @param start the first bytes of the file, if it has been read: they identify a renamed `.pt` file
 * @returns undefined for any other file
 */
export function foreignFormat(file: string, start: Buffer = Buffer.alloc(0)): SurveillanceError | undefined {
  const [, format, advice] = formats.find(([extensions]) => extensions.test(extensionOf(file, start))) ?? [];
  if (format === undefined || advice === undefined) return undefined;
  const message = `${path.basename(file)} is ${format}, not an ONNX model.`;
  return new SurveillanceError("YOLO_MODEL_INVALID", message, { advice });
}

/**
 * Returns the extension that the first bytes stand for, or the file name. PyTorch writes ZIP archives or, before 2020,
 * Python pickles. TensorFlow Lite has its mark after an offset.
 */
function extensionOf(file: string, start: Buffer): string {
  if (start.toString("latin1", 0, 4) === "PK\u0003\u0004") return ".pt";
  if (start.length > 2 && start[0] === 0x80 && start[1] === 2 && start[2] === 0x8a) return ".pt";
  if (start.toString("latin1", 4, 8) === "TFL3") return ".tflite";
  return file;
}
