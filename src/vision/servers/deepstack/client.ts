import { SurveillanceError } from "../../../core/errors";
import type { Fields } from "../../../core/fields";
import type { ServerClient } from "../server-client";
import { commonError, explanationIn, ServerError } from "../server-error";
import { ServerHttp, type HttpSettings, type ServerResponse } from "../server-http";
import { objectIn } from "../small-json";
import type { LabelledBox } from "../types";
import { testImage } from "./test-image";
import { encodeForm } from "./multipart";
import { readPredictions } from "./predictions";

/** An image for a server, and the lowest score of its objects. */
export interface ImageJob {
  image: Buffer;
  /** 0..1 */
  confidence: number;
}

/**
 * A server that speaks the dialect of DeepStack and CodeProject.AI: an image in, boxes out. Many servers answer failures
 * with HTTP 200, so `success` decides, not the status.
 */
export class DeepStackClient implements ServerClient<ImageJob, LabelledBox[]> {
  readonly url: string;
  readonly #http: ServerHttp;
  readonly #path: string;
  readonly #token: string;

  /**
   * @param model the name of a custom model; empty for the server's own model
   * @throws {SurveillanceError} CONFIG_INVALID
   */
  constructor(url: string, model: string, settings: HttpSettings) {
    this.url = url;
    this.#http = new ServerHttp(url, settings);
    this.#path = model === "" ? "/v1/vision/detection" : `/v1/vision/custom/${encodeURIComponent(model)}`;
    this.#token = settings.token ?? "";
  }

  /** Detects in a small grey image: the dialect has no question for the state of a model. */
  async check(signal: AbortSignal): Promise<void> {
    await this.run({ image: testImage, confidence: 0.5 }, signal);
  }

  async run({ image, confidence }: ImageJob, signal: AbortSignal): Promise<LabelledBox[]> {
    const form = encodeForm(
      { min_confidence: String(confidence), ...(this.#token !== "" && { api_key: this.#token }) },
      { field: "image", name: "image.jpg", type: "image/jpeg", data: image },
    );
    const response = await this.#http.request(this.#path, signal, form.body, form.headers);
    const answer = objectIn(response.body);
    if (answer?.success !== true) throw this.#failure(response, answer);
    const boxes = readPredictions(answer.predictions);
    if (boxes === undefined)
      throw new SurveillanceError(
        "INFERENCE_REPLY",
        `${this.#http.where}: the predictions do not match the dialect.`,
        { advice: "Check that the URL is that of the server, and that its dialect is deepstack." },
      );
    return boxes;
  }

  async close(): Promise<void> {
    await this.#http.close();
  }

  #failure({ status, body }: ServerResponse, answer: Fields | undefined): SurveillanceError {
    const { where, redact } = this.#http;
    const said = explanationIn(body);
    const text = said === undefined ? undefined : redact(said);
    const make = (
      code: "INFERENCE_MODEL" | "INFERENCE_REFUSED" | "INFERENCE_UNAVAILABLE" | "INFERENCE_REPLY",
      happened: string,
      advice?: string,
    ): ServerError =>
      new ServerError(code, `${where}: ${happened} (HTTP ${status}).`, status, {
        ...(advice !== undefined && { advice }),
        ...(text !== undefined && { details: `It says: ${text}` }),
      });
    // DeepStack answers so if it was started without detection.
    if (status === 403 && answer !== undefined)
      return make(
        "INFERENCE_MODEL",
        "detection is not activated",
        "Start DeepStack with VISION-DETECTION=True, and check the token.",
      );
    const common = commonError(status, text, where);
    if (common !== undefined) return common;
    if (status === 404)
      return make(
        "INFERENCE_MODEL",
        "the model is missing",
        "Check the name of the custom model, the URL, and that the dialect is deepstack.",
      );
    if (answer?.success === false) return make("INFERENCE_REFUSED", "the server refused the image");
    if (status >= 500) return make("INFERENCE_UNAVAILABLE", "the server failed", "Check its log.");
    return make(
      "INFERENCE_REPLY",
      "the answer does not match the dialect",
      "Check that the URL is that of the server, and that its dialect is deepstack.",
    );
  }
}
