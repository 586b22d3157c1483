import type { OutputTensor } from "../../onnx/tensor";
import type { ServerClient } from "../server-client";
import { commonError, explanationIn, ServerError } from "../server-error";
import { ServerHttp, type HttpSettings, type ServerResponse } from "../server-http";
import { objectIn } from "../small-json";
import type { ServerModel } from "../types";
import { readModel, versionsOf } from "./model-metadata";
import type { InferRequest } from "./request";
import { readInferResponse } from "./response";

const HEAD_LENGTH = "inference-header-content-length";
/** Bad request, unsupported media type, and the validation error of MLServer. */
const REJECTS_BINARY: readonly number[] = [400, 415, 422];

/**
 * A server that speaks the Open Inference Protocol (KServe v2) over HTTP. Sources: open-inference-protocol,
 * inference_rest.md; Triton, extension_binary_data.md.
 */
export class KServeClient implements ServerClient<InferRequest, OutputTensor[]> {
  readonly url: string;
  readonly #http: ServerHttp;
  readonly #name: string;
  readonly #version: string;
  #model: ServerModel | undefined;
  /** Undefined until the first answer shows it. */
  #acceptsBinary: boolean | undefined;

  /** @throws {SurveillanceError} CONFIG_INVALID */
  constructor(url: string, model: string, version: string, settings: HttpSettings) {
    this.url = url;
    this.#name = model;
    this.#version = version;
    this.#http = new ServerHttp(url, settings);
  }

  /** The model, as the server described it at the last check; undefined before. */
  get model(): ServerModel | undefined {
    return this.#model;
  }

  async check(signal: AbortSignal): Promise<void> {
    const health = await this.#http.request("/v2/health/ready", signal);
    // Not every proxy passes the health on. The model's own state decides then.
    if (health.status !== 404 && !isOk(health)) throw this.#notReady(health);
    const metadata = await this.#http.request(this.#modelPath, signal);
    if (!isOk(metadata)) throw await this.#noModel(metadata, signal);
    const model = readModel(metadata.body, this.#http.where);
    const ready = await this.#http.request(`${this.#modelPath}/ready`, signal);
    if (!isOk(ready)) throw await this.#noModel(ready, signal);
    this.#model = model;
    // Another program may listen there since the last check.
    this.#acceptsBinary = undefined;
  }

  async run(request: InferRequest, signal: AbortSignal): Promise<OutputTensor[]> {
    const first = this.#acceptsBinary === false ? undefined : await this.#infer(request.binary, signal);
    if (first !== undefined && isOk(first)) this.#acceptsBinary = true;
    const mayBeTheForm =
      this.#acceptsBinary !== true && (first === undefined || REJECTS_BINARY.includes(first.status));
    const json = mayBeTheForm ? request.json : undefined;
    if (json === undefined) return this.#outputs(first ?? (await this.#infer(request.binary, signal)));
    const second = await this.#infer(json, signal);
    // Only a success proves that the form was the reason: a wrong shape fails in both.
    if (isOk(second)) this.#acceptsBinary = false;
    return this.#outputs(second);
  }

  async close(): Promise<void> {
    await this.#http.close();
  }

  get #modelPath(): string {
    const version = this.#version === "" ? "" : `/versions/${encodeURIComponent(this.#version)}`;
    return `/v2/models/${encodeURIComponent(this.#name)}${version}`;
  }

  async #infer({ headers, body }: InferRequest["binary"], signal: AbortSignal): Promise<ServerResponse> {
    return this.#http.request(`${this.#modelPath}/infer`, signal, body, headers);
  }

  #outputs(response: ServerResponse): OutputTensor[] {
    if (!isOk(response)) throw this.#runError(response);
    const head = response.headers[HEAD_LENGTH];
    return readInferResponse(typeof head === "string" ? head : undefined, response.body, this.#http.where);
  }

  #explanation({ body }: ServerResponse): string | undefined {
    const text = explanationIn(body);
    return text === undefined ? undefined : this.#http.redact(text);
  }

  #notReady(response: ServerResponse): ServerError {
    const { status } = response;
    const text = this.#explanation(response);
    return (
      commonError(status, text, this.#http.where) ??
      this.#error("INFERENCE_UNAVAILABLE", "the server is not ready", response, {
        advice: "Wait until it has loaded its models, and check the URL.",
      })
    );
  }

  /** The error of a model that is missing or not ready. Lists the versions that the server has. */
  async #noModel(response: ServerResponse, signal: AbortSignal): Promise<ServerError> {
    const common = commonError(response.status, this.#explanation(response), this.#http.where);
    if (common !== undefined) return common;
    if (response.status >= 500)
      return this.#error("INFERENCE_UNAVAILABLE", "the server failed", response, {});
    const version = this.#version === "" ? "" : `, version ${this.#version},`;
    const versions = this.#version === "" ? [] : await this.#versions(signal);
    const known = versions.length === 0 ? "" : ` Its versions: ${versions.join(", ")}.`;
    return this.#error("INFERENCE_MODEL", `the model ${this.#name}${version} is not ready`, response, {
      advice: `Check the name and version of the model, and that the server has loaded it.${known}`,
    });
  }

  async #versions(signal: AbortSignal): Promise<string[]> {
    const response = await this.#http
      .request(`/v2/models/${encodeURIComponent(this.#name)}`, signal)
      .catch(() => undefined);
    return response !== undefined && isOk(response) ? versionsOf(response.body) : [];
  }

  #runError(response: ServerResponse): ServerError {
    const { status, body } = response;
    const common = commonError(status, this.#explanation(response), this.#http.where);
    if (common !== undefined) return common;
    if (status === 404)
      return this.#error("INFERENCE_MODEL", `the model ${this.#name} is missing`, response, {
        advice: "Check its name and version, and that the server has loaded it.",
      });
    // A page instead of JSON comes from a proxy, and so does a redirection.
    if (objectIn(body)?.error === undefined && (status < 400 || status >= 500))
      return this.#error("INFERENCE_UNAVAILABLE", "the answer is not from an inference server", response, {
        advice: "Check the URL and the proxy.",
      });
    return this.#error("INFERENCE_REFUSED", "the server refused the request", response, {});
  }

  #error(
    code: "INFERENCE_UNAVAILABLE" | "INFERENCE_MODEL" | "INFERENCE_REFUSED",
    happened: string,
    response: ServerResponse,
    options: { advice?: string },
  ): ServerError {
    const text = this.#explanation(response);
    return new ServerError(
      code,
      `${this.#http.where}: ${happened} (HTTP ${response.status}).`,
      response.status,
      { ...options, ...(text !== undefined && { details: `It says: ${text}` }) },
    );
  }
}

function isOk({ status }: ServerResponse): boolean {
  return status === 200;
}
