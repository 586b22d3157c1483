/** Opens groups of inference servers. */
import type { ImageServers, InferenceServerSettings, ServersWatcher, TensorServers } from "./types";

/**
 * Opens servers of the dialect `kserve`. They are checked from now on, until `close`.
 *
 * @throws {SurveillanceError} CONFIG_INVALID
 */
export function openTensorServers(
  _settings: InferenceServerSettings,
  _watcher?: ServersWatcher,
): TensorServers {
  throw new Error("not there yet");
}

/**
 * Opens servers of the dialect `deepstack`. They are checked from now on, until `close`.
 *
 * @throws {SurveillanceError} CONFIG_INVALID
 */
export function openImageServers(
  _settings: InferenceServerSettings,
  _watcher?: ServersWatcher,
): ImageServers {
  throw new Error("not there yet");
}
