import { performance } from "node:perf_hooks";
import { SurveillanceError, toError } from "../../core/errors";
import type { AnyImage } from "../../media/frame";
import type { ModelFormat } from "../families/family";
import { InputBuffer } from "../input/input-buffer";
import { toImageBox } from "../input/letterbox";
import { readImage } from "../input/read-image";
import type { DetectOptions, Findings, FoundObject, ModelInfo, ModelSettings } from "../model-types";
import { readOnnxMetadata } from "../onnx/metadata";
import { readModelFacts } from "../onnx/model-facts";
import type { OnnxRuntime } from "../onnx/runtime";
import { openSession, type ModelSession } from "../onnx/session";
import type { InputTensor, OutputTensor } from "../onnx/tensor";
import { best, suppress } from "./nms";
import { recogniseModel } from "./recognise";

/** A loaded detection model. It blocks its thread during a run, so it needs a separate process. */
export class DetectionModel {
  readonly info: ModelInfo;
  readonly #session: ModelSession;
  readonly #format: ModelFormat;
  readonly #input: InputBuffer;
  readonly #feeds: Record<string, InputTensor>;

  private constructor(
    info: ModelInfo,
    session: ModelSession,
    format: ModelFormat,
    input: InputBuffer,
    feeds: Record<string, InputTensor>,
  ) {
    this.info = info;
    this.#session = session;
    this.#format = format;
    this.#input = input;
    this.#feeds = feeds;
  }

  /**
   * Loads a model, recognises its family and warms it up.
   *
   * @throws {SurveillanceError} YOLO_MODEL_NOT_FOUND, YOLO_MODEL_INVALID, YOLO_UNSUPPORTED_MODEL, YOLO_BAD_EXPORT,
   *   YOLO_PROVIDER_FAILED, DEPENDENCY_MISSING
   */
  static async load(
    file: string,
    settings: ModelSettings,
    runtime?: Promise<OnnxRuntime>,
  ): Promise<DetectionModel> {
    // Read first: for another program's file it names the format, while the runtime only reports a parse error.
    const facts = readModelFacts(await readOnnxMetadata(file));
    const session = await openSession(file, settings, runtime);
    const recognised = await recogniseModel(file, facts, session, settings.classes);
    const { format, info, type, inputName, otherInputs } = recognised;
    const input = new InputBuffer(type, info.input, format.input);
    const loaded = session.kind === "wasm" ? { ...info, runtime: session.kind } : info;
    return new DetectionModel(loaded, session, format, input, { [inputName]: input.tensor, ...otherInputs });
  }

  /**
   * Finds the objects in an image.
   *
   * @throws {SurveillanceError} IMAGE_INVALID, YOLO_INFERENCE_FAILED, YOLO_UNSUPPORTED_MODEL
   */
  async detect(
    image: AnyImage,
    { confidence, iou, maxDetections, classIds }: DetectOptions,
  ): Promise<Findings> {
    const { size, fit, pixels } = await readImage(image, this.info.input, this.#format.input.placement);
    this.#input.fill(pixels, fit);
    const started = performance.now();
    const outputs = await this.#run();
    const inferenceMs = performance.now() - started;

    const allowed = classIds && new Set(classIds);
    const candidates = this.#format
      .decode(outputs, confidence)
      .filter(({ classId }) => allowed?.has(classId) ?? true);
    const kept = this.#format.hasOverlaps
      ? suppress(candidates, iou, maxDetections)
      : best(candidates).slice(0, maxDetections);
    const objects = kept.flatMap((candidate): FoundObject[] => {
      const box = toImageBox(candidate, fit, size);
      return box === undefined ? [] : [{ classId: candidate.classId, score: candidate.score, box }];
    });
    return { objects, width: size.width, height: size.height, inferenceMs };
  }

  async #run(): Promise<OutputTensor[]> {
    try {
      return await this.#session.run(this.#feeds);
    } catch (thrown) {
      throw new SurveillanceError(
        "YOLO_INFERENCE_FAILED",
        `The model ${this.info.name} failed: ${toError(thrown).message}.`,
        { cause: thrown },
      );
    }
  }
}
