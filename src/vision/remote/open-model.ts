import { SurveillanceError } from "../../core/errors";
import { DetectionModel, type ImageModel } from "../model/detection-model";
import type { ModelSession } from "../model/model-session";
import type { DetectionServers } from "../model-types";
import type { ModelFacts } from "../onnx/model-facts";
import { openImageServers, openTensorServers } from "../servers";
import type { ServersState, ServersWatcher, TensorServers } from "../servers/types";
import { LabelledModel } from "./labelled-model";

/** A group of servers of any dialect. */
export interface ServerGroup {
  readonly state: ServersState;
  readonly slots: number;
  /**
   * Recognises the model of the servers.
   *
   * @throws {SurveillanceError} INFERENCE_MODEL, YOLO_BAD_EXPORT, INFERENCE_UNAVAILABLE and other errors of servers
   */
  openModel(): Promise<ImageModel>;
  /** The inputs and outputs as the servers describe them; undefined if they do not. */
  describe(): Promise<{ inputs: ModelSession["inputs"]; outputs: ModelSession["outputs"] } | undefined>;
  close(): Promise<void>;
}

/**
 * Opens the servers of a model. They are checked from now on, until `close`.
 *
 * @param classes the number of the user's labels, if there are any: it can decide between two families
 * @throws {SurveillanceError} CONFIG_INVALID
 */
export function openServers(
  settings: DetectionServers,
  classes: number | undefined,
  watcher: ServersWatcher,
): ServerGroup {
  if (settings.dialect === "deepstack") {
    const servers = openImageServers(settings, watcher);
    const name = settings.model === "" ? "default" : settings.model;
    return {
      get state() {
        return servers.state;
      },
      slots: servers.slots,
      openModel: () => Promise.resolve(new LabelledModel(name, servers)),
      describe: () => Promise.resolve(undefined),
      close: () => servers.close(),
    };
  }
  const servers = openTensorServers(settings, watcher);
  return {
    get state() {
      return servers.state;
    },
    slots: servers.slots,
    openModel: () => openTensorModel(servers, settings, classes),
    describe: () => servers.model(),
    close: () => servers.close(),
  };
}

async function openTensorModel(
  servers: TensorServers,
  { width, height = width, fit }: DetectionServers,
  classes: number | undefined,
): Promise<ImageModel> {
  const { name, inputs, outputs } = await servers.model();
  const session: ModelSession = {
    inputs,
    outputs,
    run: async (tensors, camera) => {
      const { value, server, milliseconds } = await servers.infer(tensors, { lane: camera });
      return { outputs: value, server, milliseconds };
    },
  };
  const facts: ModelFacts = {
    selected: false,
    keypointValues: 0,
    ...(height !== undefined && { imageSize: [height, width ?? height] }),
  };
  try {
    return await DetectionModel.open({ name, facts, session, classes, fit });
  } catch (thrown) {
    if (!(thrown instanceof SurveillanceError && thrown.code === "YOLO_UNSUPPORTED_MODEL")) throw thrown;
    throw new SurveillanceError("INFERENCE_MODEL", thrown.message, { cause: thrown });
  }
}
