import path from "node:path";
import { SurveillanceError, toError } from "../../core/errors";
import type { AnyImage } from "../../media/frame";
import type { Candidate, ModelFormat } from "../families/family";
import type { DetectOptions, Findings, FoundObject, ModelInfo, ModelSettings } from "../model-types";
import { readOnnxMetadata } from "../onnx/metadata";
import { readModelFacts } from "../onnx/model-facts";
import type { OnnxRuntime } from "../onnx/runtime";
import { openSession } from "../onnx/session";
import type { InputTensor, OutputTensor } from "../onnx/tensor";
import type { ModelInput } from "./model-input";
import type { ModelSession, SessionRun } from "./model-session";
import { best, suppress } from "./nms";
import { recogniseModel, type RecognisedModel, type UnknownModel } from "./recognise";

/** A model that finds objects in images, whatever runs it. */
export interface ImageModel {
  readonly info: ModelInfo;
  /**
   * Finds the objects in an image.
   *
   * @param camera name of the image's camera
   * @throws {SurveillanceError} IMAGE_INVALID, YOLO_INFERENCE_FAILED, YOLO_UNSUPPORTED_MODEL, the errors of servers
   */
  detect(image: AnyImage, options: DetectOptions, camera?: string): Promise<Findings>;
}

/**
 * A model whose outputs are decoded here. A model that this process runs blocks its thread during a run, so it needs a
 * separate process.
 */
export class DetectionModel implements ImageModel {
  readonly info: ModelInfo;
  readonly #session: ModelSession;
  readonly #format: ModelFormat;
  readonly #input: ModelInput;
  readonly #inputName: string;
  readonly #otherInputs: Readonly<Record<string, InputTensor>>;

  private constructor(session: ModelSession, recognised: RecognisedModel) {
    this.info = recognised.info;
    this.#session = session;
    this.#format = recognised.format;
    this.#input = recognised.input;
    this.#inputName = recognised.inputName;
    this.#otherInputs = recognised.otherInputs;
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
    const unknown = { name: path.basename(file), facts, session, classes: settings.classes };
    const recognised = await recogniseModel(unknown);
    if (session.kind === "wasm") recognised.info.runtime = session.kind;
    return new DetectionModel(session, recognised);
  }

  /**
   * Recognises the family of a model that something else runs.
   *
   * @throws {SurveillanceError} YOLO_UNSUPPORTED_MODEL, YOLO_BAD_EXPORT, and the errors of servers
   */
  static async open(unknown: UnknownModel): Promise<DetectionModel> {
    return new DetectionModel(unknown.session, await recogniseModel(unknown));
  }

  async detect(image: AnyImage, options: DetectOptions, camera?: string): Promise<Findings> {
    const { size, tensor, toBox, release } = await this.#input.prepare(image);
    let run: SessionRun;
    try {
      run = await this.#run({ [this.#inputName]: tensor, ...this.#otherInputs }, camera);
    } finally {
      release();
    }
    const objects = this.#select(run.outputs, options).flatMap((candidate): FoundObject[] => {
      const box = toBox(candidate);
      return box === undefined ? [] : [{ classId: candidate.classId, score: candidate.score, box }];
    });
    const { milliseconds: inferenceMs, server } = run;
    return { objects, ...size, inferenceMs, ...(server !== undefined && { server }) };
  }

  #select(
    outputs: readonly OutputTensor[],
    { confidence, iou, maxDetections, classIds }: DetectOptions,
  ): Candidate[] {
    const allowed = classIds && new Set(classIds);
    const candidates = this.#format
      .decode(outputs, confidence)
      .filter(({ classId }) => allowed?.has(classId) ?? true);
    return this.#format.hasOverlaps
      ? suppress(candidates, iou, maxDetections)
      : best(candidates).slice(0, maxDetections);
  }

  async #run(inputs: Readonly<Record<string, InputTensor>>, camera?: string): Promise<SessionRun> {
    try {
      return await this.#session.run(inputs, camera);
    } catch (thrown) {
      // The error of a server has its own code.
      if (thrown instanceof SurveillanceError) throw thrown;
      throw new SurveillanceError(
        "YOLO_INFERENCE_FAILED",
        `The model ${this.info.name} failed: ${toError(thrown).message}.`,
        { cause: thrown },
      );
    }
  }
}
