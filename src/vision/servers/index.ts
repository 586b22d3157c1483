/** Opens groups of inference servers. */
import { SurveillanceError } from "../../core/errors";
import { describeTensors, type OutputTensor } from "../onnx/tensor";
import { DeepStackClient, type ImageJob } from "./deepstack/client";
import { KServeClient } from "./kserve/client";
import { InferRequest } from "./kserve/request";
import type { CheckRhythm } from "./pool/pooled-server";
import { ServerPool } from "./pool/server-pool";
import type { HttpSettings } from "./server-http";
import {
  inferenceServerDefaults,
  type ImageServers,
  type InferenceServerSettings,
  type LabelledBox,
  type ServerModel,
  type ServersWatcher,
  type TensorServers,
} from "./types";

/**
 * Opens servers of the dialect `kserve`. They are checked from now on, until `close`.
 *
 * @param rhythm replaces that of the checks, for tests
 * @throws {SurveillanceError} CONFIG_INVALID
 */
export function openTensorServers(
  settings: InferenceServerSettings,
  watcher?: ServersWatcher,
  rhythm?: CheckRhythm,
): TensorServers {
  const { urls, model, version = "" } = settings;
  if (model === "")
    throw new SurveillanceError("CONFIG_INVALID", "The model of the inference server is missing.", {
      advice: "Enter the name that the server has for it.",
    });
  const http = check(settings);
  const clients = urls.map((url) => new KServeClient(url, model, version, http));
  const models = new Map<unknown, KServeClient>(clients.map((client) => [client, client]));
  const modelOf = (client: unknown): ServerModel | undefined => models.get(client)?.model;
  const pool = new ServerPool<InferRequest, OutputTensor[]>(clients, {
    ...poolOptions(settings),
    watcher,
    ...(rhythm !== undefined && { rhythm }),
    accept: (client, [other]) => {
      if (other !== undefined) checkSame(client.url, modelOf(client), other.url, modelOf(other));
    },
  });
  return {
    get state() {
      return pool.state;
    },
    slots: pool.slots,
    model: async () => {
      const found = modelOf(await pool.whenReady());
      if (found === undefined) throw new SurveillanceError("INFERENCE_MODEL", "The model is not known.");
      return found;
    },
    infer: async (inputs, options) => {
      // The outputs are texts or numbers. Texts are of no use.
      const outputs = modelOf(pool.ready[0])?.outputs.filter(({ type }) => type !== "bytes") ?? [];
      return pool.run(
        new InferRequest(
          inputs,
          outputs.map(({ name }) => name),
        ),
        options,
      );
    },
    close: () => pool.close(),
  };
}

/**
 * Opens servers of the dialect `deepstack`. They are checked from now on, until `close`.
 *
 * @param rhythm replaces that of the checks, for tests
 * @throws {SurveillanceError} CONFIG_INVALID
 */
export function openImageServers(
  settings: InferenceServerSettings,
  watcher?: ServersWatcher,
  rhythm?: CheckRhythm,
): ImageServers {
  const http = check(settings);
  const clients = settings.urls.map((url) => new DeepStackClient(url, settings.model, http));
  const pool = new ServerPool<ImageJob, LabelledBox[]>(clients, {
    ...poolOptions(settings),
    watcher,
    ...(rhythm !== undefined && { rhythm }),
  });
  return {
    get state() {
      return pool.state;
    },
    slots: pool.slots,
    detect: async (image, { confidence, ...options }) => pool.run({ image, confidence }, options),
    close: () => pool.close(),
  };
}

function poolOptions({ inFlight, timeout }: InferenceServerSettings): { inFlight: number; timeout: number } {
  return {
    inFlight: inFlight ?? inferenceServerDefaults.inFlight,
    timeout: (timeout ?? inferenceServerDefaults.timeout) * 1000,
  };
}

/** Checks the settings that both dialects have, and returns those of the connections. */
function check(settings: InferenceServerSettings): HttpSettings {
  const { urls, token, host, verifyTls, tls } = settings;
  const { inFlight, timeout } = poolOptions(settings);
  const invalid = (why: string): SurveillanceError => new SurveillanceError("CONFIG_INVALID", why);
  if (urls.length === 0) throw invalid("The URL of the inference server is missing.");
  if (new Set(urls).size < urls.length) throw invalid("An inference server is listed twice.");
  if (!Number.isInteger(inFlight) || inFlight < 1)
    throw invalid("The number of requests at the same time must be 1 or more.");
  if (!(timeout > 0)) throw invalid("The timeout must be more than 0 seconds.");
  // One more for the checks.
  return { token, host, verifyTls, tls, connections: inFlight + 1, connectTimeout: timeout };
}

/** @throws {SurveillanceError} INFERENCE_MODEL if two servers have different models */
function checkSame(
  url: string,
  model: ServerModel | undefined,
  otherUrl: string,
  other: ServerModel | undefined,
): void {
  const describe = (given?: ServerModel): string =>
    `inputs ${describeTensors(given?.inputs ?? [])}; outputs ${describeTensors(given?.outputs ?? [])}`;
  if (describe(model) === describe(other)) return;
  throw new SurveillanceError(
    "INFERENCE_MODEL",
    `The model of ${url} differs from that of ${otherUrl}: ${describe(model)}, but ${describe(other)}.`,
    { advice: "Load the same model on all servers, or use one inference-server node for each model." },
  );
}
