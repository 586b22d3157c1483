import { FaultyHttp, refusal, type Answer, type InferenceHost, type Question } from "./faulty-http";
import {
  bytesOfJson,
  checkBytes,
  checkDeclared,
  jsonOf,
  nest,
  Refused,
  type TensorDeclaration,
  type WireTensor,
} from "./wire-tensor";

/** What differs between the servers that speak the Open Inference Protocol. */
export type Profile = "triton" | "openvino" | "mlserver";

/** Computes outputs by name. */
export type Compute = (
  inputs: Readonly<Record<string, WireTensor>>,
) => Record<string, WireTensor> | Promise<Record<string, WireTensor>>;

export interface SimulatedModel {
  name: string;
  versions?: string[];
  inputs: TensorDeclaration[];
  outputs: TensorDeclaration[];
  compute: Compute;
}

export interface KServeOptions extends InferenceHost {
  model: SimulatedModel;
  profile?: Profile;
  /** How outputs are sent: as the client asks (default), every second one as JSON, or all as nested JSON. */
  answers?: "asked" | "mixed" | "nested";
}

const json = (status: number, value: object): Answer => ({
  status,
  headers: { "content-type": "application/json" },
  body: Buffer.from(JSON.stringify(value)),
});

/**
 * A server of the Open Inference Protocol v2 over HTTP with one model. It is as strict as the real ones: it counts the
 * bytes of the header and of each tensor, and refuses what does not fit.
 */
export class KServeServer extends FaultyHttp {
  /** Whether the server and its model are loaded. */
  ready = true;
  /** The `Host` header of the last request. */
  lastHost: string | undefined;
  readonly #options: KServeOptions;

  private constructor(options: KServeOptions) {
    super(options, (question, infer) => this.#answer(question, infer));
    this.#options = options;
  }

  static async start(options: KServeOptions): Promise<KServeServer> {
    const server = new KServeServer(options);
    await server.listen();
    return server;
  }

  get #profile(): Profile {
    return this.#options.profile ?? "triton";
  }

  async #answer(question: Question, infer: () => Promise<void>): Promise<Answer> {
    const { method, path, headers } = question;
    this.lastHost = headers.host;
    if (method === "GET" && path === "/v2/health/live") return this.#health(true);
    if (method === "GET" && path === "/v2/health/ready") return this.#health(this.ready);
    const parts = /^\/v2\/models\/([^/]+)(?:\/versions\/([^/]+))?(?:\/(ready|infer))?$/.exec(path);
    if (parts === null) return refusal(404, "Not Found");
    const [, name = "", version, action] = parts;
    const { model } = this.#options;
    const known = decodeURIComponent(name) === model.name;
    if (!known || (version !== undefined && !this.#versions.includes(decodeURIComponent(version))))
      return this.#unknownModel(decodeURIComponent(name), action);
    if (method === "GET" && action === undefined) return this.#metadata();
    if (method === "GET" && action === "ready") return this.#health(this.ready);
    if (method !== "POST" || action !== "infer") return refusal(405, "Method Not Allowed");
    if (!this.ready) return refusal(503, "the server is not ready");
    try {
      const { inputs, request } = this.#readRequest(question);
      await infer();
      return this.#respond(request, await model.compute(inputs));
    } catch (thrown) {
      if (!(thrown instanceof Refused)) throw thrown;
      return refusal(this.#profile === "mlserver" ? 422 : 400, thrown.message);
    }
  }

  get #versions(): string[] {
    return this.#options.model.versions ?? ["1"];
  }

  /** Triton sends an empty body, MLServer an empty object. Only the status counts. */
  #health(isFine: boolean): Answer {
    const status = isFine ? 200 : this.#profile === "openvino" ? 503 : 400;
    return this.#profile === "triton" ? { status } : json(status, {});
  }

  /** Triton answers 400 for the state of an unknown model and for its metadata, the others 404. */
  #unknownModel(name: string, action: string | undefined): Answer {
    if (this.#profile === "triton")
      return action === "ready"
        ? { status: 400 }
        : refusal(400, `Request for unknown model: '${name}' is not found`);
    return refusal(404, "Model with requested name is not found");
  }

  #metadata(): Answer {
    const { name, inputs, outputs } = this.#options.model;
    return json(200, { name, versions: this.#versions, platform: "onnxruntime_onnx", inputs, outputs });
  }

  #readRequest({ headers, body }: Question): {
    inputs: Record<string, WireTensor>;
    request: Record<string, unknown>;
  } {
    const given = headers["inference-header-content-length"];
    if (given !== undefined && this.#profile === "mlserver")
      throw new Refused("[json] Input should be a valid dictionary");
    if (headers["content-length"] === undefined) throw new Refused("missing Content-Length");
    const head = given === undefined ? body.length : Number(given);
    if (!Number.isInteger(head) || head < 1 || head > body.length)
      throw new Refused(`header length ${String(given)} of ${body.length} bytes`);
    const request = parse(body.toString("utf8", 0, head));
    const { model } = this.#options;
    const inputs: Record<string, WireTensor> = {};
    let at = head;
    for (const input of listOf(request.inputs)) {
      const name = String(input.name);
      const datatype = String(input.datatype);
      const shape = input.shape as number[];
      const size = (input.parameters as { binary_data_size?: number } | undefined)?.binary_data_size;
      if (size !== undefined && input.data !== undefined)
        throw new Refused(`'${name}' has data and binary_data_size`);
      if (size !== undefined && at + size > body.length) throw new Refused(`'${name}' ends after the body`);
      const bytes = size === undefined ? bytesOfJson(datatype, input.data) : body.subarray(at, (at += size));
      const tensor = { datatype, shape, bytes };
      checkDeclared(name, tensor, model.inputs);
      checkBytes(name, tensor);
      inputs[name] = tensor;
    }
    if (at !== body.length) throw new Refused(`unexpected additional input data: ${body.length - at} bytes`);
    const missing = model.inputs.find(({ name }) => inputs[name] === undefined);
    if (missing !== undefined) throw new Refused(`expected input '${missing.name}'`);
    return { inputs, request };
  }

  #respond(request: Record<string, unknown>, results: Record<string, WireTensor>): Answer {
    const asked = listOf(request.outputs);
    const all = (request.parameters as Record<string, unknown> | undefined)?.binary_data_output === true;
    const names = asked.length === 0 ? Object.keys(results) : asked.map(({ name }) => String(name));
    const { answers = "asked", model } = this.#options;
    const parts: Buffer[] = [];
    const outputs = names.map((name, index) => {
      const result = results[name];
      if (result === undefined)
        throw new Refused(`unexpected inference output '${name}' for model '${model.name}'`);
      const parameters = asked[index]?.parameters as Record<string, unknown> | undefined;
      const mixed = answers === "mixed" && index % 2 === 1;
      const { datatype, shape } = result;
      if (
        (all || parameters?.binary_data === true) &&
        answers !== "nested" &&
        !mixed &&
        this.#profile !== "mlserver"
      ) {
        parts.push(result.bytes);
        return { name, datatype, shape, parameters: { binary_data_size: result.bytes.length } };
      }
      const numbers = jsonOf(result);
      return { name, datatype, shape, data: answers === "nested" ? nest(numbers, shape) : numbers };
    });
    const answer = json(200, { model_name: model.name, model_version: this.#versions.at(-1), outputs });
    if (parts.length === 0) return answer;
    const head = answer.body ?? Buffer.alloc(0);
    return {
      status: 200,
      headers: {
        "content-type": "application/octet-stream",
        "inference-header-content-length": String(head.length),
      },
      body: Buffer.concat([head, ...parts]),
    };
  }
}

function parse(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    throw new Refused("failed to parse the request JSON buffer");
  }
}

function listOf(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? (value as Record<string, unknown>[]) : [];
}
