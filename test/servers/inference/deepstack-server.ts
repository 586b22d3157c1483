import { FaultyHttp, type Answer, type InferenceHost, type Question } from "./faulty-http";

export type DeepStackProfile = "deepstack" | "codeproject";

/** An object in the wire form of the dialect. */
export interface Prediction {
  label: string;
  confidence: number;
  x_min: number;
  y_min: number;
  x_max: number;
  y_max: number;
}

export interface DeepStackOptions extends Omit<InferenceHost, "token"> {
  profile?: DeepStackProfile;
  /** The objects in an image. */
  detect?: (image: Buffer) => unknown;
  /** The names of the custom models. */
  custom?: string[];
  apiKey?: string;
  /** False: started without VISION-DETECTION. */
  activated?: boolean;
}

const DEFAULT_CONFIDENCE = 0.4;

/**
 * A server of the dialect of DeepStack: an image in a form, boxes out. The profiles differ in their failures: DeepStack
 * uses the status, CodeProject.AI answers most with 200 and `success: false`.
 */
export class DeepStackServer extends FaultyHttp {
  readonly #options: DeepStackOptions;

  private constructor(options: DeepStackOptions) {
    super(options, (question, infer) => this.#answer(question, infer));
    this.#options = options;
  }

  static async start(options: DeepStackOptions = {}): Promise<DeepStackServer> {
    const server = new DeepStackServer(options);
    await server.listen();
    return server;
  }

  async #answer({ method, path, headers, body }: Question, infer: () => Promise<void>): Promise<Answer> {
    const { custom = [], apiKey, activated = true, detect = () => [] } = this.#options;
    const parts = /^\/v1\/vision\/(?:detection|custom\/([^/]+))$/.exec(path);
    if (method !== "POST" || parts === null) return { status: 404, body: Buffer.from("404 page not found") };
    const model = parts[1] === undefined ? undefined : decodeURIComponent(parts[1]);
    const isCodeProject = this.#options.profile === "codeproject";
    if (model !== undefined && !custom.includes(model))
      return isCodeProject
        ? this.#failure(200, `Could not find custom model ${model}`)
        : { status: 404, body: Buffer.from("404 page not found") };
    if (!activated) return this.#failure(403, "Detection endpoint not activated");
    const form = readForm(headers["content-type"] ?? "", body);
    if (form === undefined) return this.#failure(400, "No valid image file found");
    if (apiKey !== undefined && form.get("api_key")?.toString() !== apiKey)
      return this.#failure(401, "Incorrect api key");
    const image = form.get("image");
    const least = Number(form.get("min_confidence")?.toString() ?? DEFAULT_CONFIDENCE);
    if (!(least >= 0 && least <= 1))
      return this.#failure(isCodeProject ? 200 : 400, "Incorrect value for min_confidence");
    if (image?.readUInt16BE(0) !== 0xffd8)
      return this.#failure(isCodeProject ? 200 : 400, "No valid image file found");
    await infer();
    const found = detect(image);
    const predictions = Array.isArray(found)
      ? (found as (Prediction | null)[]).filter((prediction) => !((prediction?.confidence ?? 1) < least))
      : found;
    const more = isCodeProject
      ? { message: "Found objects", moduleId: "ObjectDetectionYOLOv5Net" }
      : { duration: 0 };
    return answer(200, { success: true, predictions, ...more });
  }

  #failure(status: number, error: string): Answer {
    return answer(status, { success: false, error });
  }
}

function answer(status: number, value: object): Answer {
  return {
    status,
    headers: { "content-type": "application/json" },
    body: Buffer.from(JSON.stringify(value)),
  };
}

/** Reads a form strictly: every part has a name, lines end with CRLF, and the last boundary ends the body. */
function readForm(contentType: string, body: Buffer): Map<string, Buffer> | undefined {
  const boundary = /^multipart\/form-data; boundary=("?)([^"]+)\1$/.exec(contentType)?.[2];
  if (boundary === undefined) return undefined;
  const form = new Map<string, Buffer>();
  const separator = Buffer.from(`\r\n--${boundary}`);
  const whole = Buffer.concat([Buffer.from("\r\n"), body]);
  let at = whole.indexOf(separator);
  if (at !== 0) return undefined;
  for (;;) {
    const start = at + separator.length;
    if (whole.toString("latin1", start) === "--\r\n") return form;
    const headEnd = whole.indexOf("\r\n\r\n", start);
    at = whole.indexOf(separator, start);
    if (headEnd < 0 || at < headEnd) return undefined;
    const name = / name="([^"]+)"/.exec(whole.toString("utf8", start, headEnd))?.[1];
    if (name === undefined) return undefined;
    form.set(name, whole.subarray(headEnd + 4, at));
  }
}
