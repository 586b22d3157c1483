import { performance } from "node:perf_hooks";
import type { InferenceSession, Tensor } from "onnxruntime-node";
import { SurveillanceError, toError } from "../../core/errors";
import type { Picture } from "../../media/frame";
import { toPicture } from "../input/letterbox";
import { readPicture } from "../input/picture";
import { InputBuffer } from "../input/pixels";
import { inputStyleOf, type InputStyle } from "../input/style";
import { decode, needsSuppression } from "./decode";
import type { DetectOptions, Findings, FoundObject } from "./findings";
import type { OutputLayout, OutputTensor } from "./layout";
import { best, suppress } from "./nms";
import { readModelFacts } from "./model-facts";
import type { ModelInfo } from "./model-info";
import { readOnnxMetadata } from "./onnx-metadata";
import type { OnnxRuntime } from "./runtime";
import { openSession } from "./session";
import type { SessionSettings } from "./session-settings";
import { toOutputTensor } from "./tensors";
import { recogniseModel } from "./recognise";

/** A loaded detection model. It blocks its thread while it works, so it lives in a process of its own. */
export class DetectionModel {
  readonly info: ModelInfo;
  readonly #session: InferenceSession;
  readonly #layout: OutputLayout;
  readonly #style: InputStyle;
  readonly #input: InputBuffer;
  readonly #feeds: Record<string, Tensor>;

  private constructor(
    info: ModelInfo,
    session: InferenceSession,
    layout: OutputLayout,
    input: InputBuffer,
    feeds: Record<string, Tensor>,
  ) {
    this.info = info;
    this.#session = session;
    this.#layout = layout;
    this.#style = inputStyleOf(layout);
    this.#input = input;
    this.#feeds = feeds;
  }

  /**
   * Loads a model, finds out what kind it is and warms it up.
   *
   * @throws {SurveillanceError} YOLO_MODEL_NOT_FOUND, YOLO_MODEL_INVALID, YOLO_UNSUPPORTED_MODEL, YOLO_BAD_EXPORT,
   *   YOLO_PROVIDER_FAILED, DEPENDENCY_MISSING
   */
  static async load(
    file: string,
    settings: SessionSettings,
    runtime?: Promise<OnnxRuntime>,
  ): Promise<DetectionModel> {
    // Says of another program's file what it is, where the runtime only says that it cannot parse it.
    const facts = readModelFacts(await readOnnxMetadata(file));
    const { ort, kind, session } = await openSession(file, settings, runtime);
    const { layout, info, type, inputName, otherFeeds } = await recogniseModel(
      file,
      facts,
      ort,
      session,
      settings.classes,
    );
    const input = new InputBuffer(type, info.input, inputStyleOf(layout));
    const { width, height } = info.input;
    const image = new ort.Tensor(type, input.data as never, [1, 3, height, width]) as Tensor;
    const about = kind === "wasm" ? { ...info, runtime: kind } : info;
    return new DetectionModel(about, session, layout, input, { [inputName]: image, ...otherFeeds });
  }

  /**
   * Finds the objects in a picture.
   *
   * @throws {SurveillanceError} IMAGE_INVALID, YOLO_INFERENCE_FAILED, YOLO_UNSUPPORTED_MODEL
   */
  async detect(picture: Picture, options: DetectOptions): Promise<Findings> {
    const { size, fit, pixels } = await readPicture(picture, this.info.input, this.#style.placement);
    this.#input.fill(pixels, fit);
    const started = performance.now();
    const outputs = await this.#run();
    const inferenceMs = performance.now() - started;

    const wanted = options.classIds && new Set(options.classIds);
    const candidates = decode(this.#layout, outputs, this.info.input, options.confidence).filter(
      ({ classId }) => wanted?.has(classId) ?? true,
    );
    const kept = needsSuppression(this.#layout)
      ? suppress(candidates, options.iou, options.maxDetections)
      : best(candidates).slice(0, options.maxDetections);
    const objects = kept.flatMap((candidate): FoundObject[] => {
      const box = toPicture(candidate, fit, size);
      return box === undefined ? [] : [{ classId: candidate.classId, score: candidate.score, box }];
    });
    return { objects, width: size.width, height: size.height, inferenceMs };
  }

  async #run(): Promise<OutputTensor[]> {
    try {
      const results = await this.#session.run(this.#feeds);
      return Object.entries(results).map(([name, tensor]) => toOutputTensor(name, tensor));
    } catch (thrown) {
      throw new SurveillanceError(
        "YOLO_INFERENCE_FAILED",
        `The model ${this.info.name} failed: ${toError(thrown).message}.`,
        { cause: thrown },
      );
    }
  }
}
