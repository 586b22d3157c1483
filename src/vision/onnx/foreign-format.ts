import path from "node:path";
import { SurveillanceError } from "../../core/errors";

const EXPORT_ULTRALYTICS =
  'Export it to ONNX where it was trained: "yolo export model=best.pt format=onnx" for Ultralytics models, the ' +
  "export script of its project for others.";
const EXPORT_SOURCE = `It holds no model to convert from: take the .pt file that it was made of. ${EXPORT_ULTRALYTICS}`;

/** What people have beside an ONNX file, by its ending. */
const formats: [endings: RegExp, what: string, advice: string][] = [
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
    "Convert it to ONNX, or take a published ONNX file of the same model.",
  ],
  [/\.(xml|bin|param|rknn|hef|mlmodel|mlpackage)$/i, "made for another runtime", EXPORT_SOURCE],
];

/**
 * Says of a file that is plainly for another program what it is, and how an ONNX file of it is made.
 *
 * @param start the file's first bytes, where it has been read: a `.pt` file keeps its mark under any name
 */
export function foreignFormat(file: string, start: Buffer = Buffer.alloc(0)): SurveillanceError | undefined {
  const [, what, advice] = formats.find(([endings]) => endings.test(endingOf(file, start))) ?? [];
  if (what === undefined || advice === undefined) return undefined;
  const message = `${path.basename(file)} is ${what}, not an ONNX model.`;
  return new SurveillanceError("YOLO_MODEL_INVALID", message, { advice });
}

/** PyTorch writes ZIP archives or, before 2020, Python pickles; TensorFlow Lite has its mark behind an offset. */
function endingOf(file: string, start: Buffer): string {
  if (start.toString("latin1", 0, 4) === "PK\u0003\u0004") return ".pt";
  if (start.length > 2 && start[0] === 0x80 && start[1] === 2 && start[2] === 0x8a) return ".pt";
  if (start.toString("latin1", 4, 8) === "TFL3") return ".tflite";
  return file;
}
