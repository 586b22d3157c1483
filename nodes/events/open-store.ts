import path from "node:path";
import type { Node, NodeAPI } from "node-red";
import { openHereStore } from "../../src/store/here";
import { openNatsStore } from "../../src/store/nats";
import type { EventStore } from "../../src/store/store";
import type { OptionValues } from "../kit/option-kinds";
import { throttledWarning } from "../kit/warnings";
import { natsConnectionOf } from "./nats-server";
import type { storeOptions } from "./options";

/** The limits of a store, which the node that writes sets. A node that reads leaves them as they are. */
export interface StoreLimits {
  /** For NATS: the subjects that the stream stores. */
  subjects: readonly string[];
  maxBytes: number;
  dedupWindowMs: number;
}

/**
 * Opens the store of a node's settings. It connects in the background.
 *
 * @throws {SurveillanceError} CONFIG_INVALID
 */
export function openStore(
  RED: NodeAPI,
  node: Node,
  { store, folder, server, stream }: OptionValues<typeof storeOptions>,
  limits?: StoreLimits,
): EventStore {
  const warn = throttledWarning(node);
  if (store === "nats") {
    return openNatsStore({ connection: natsConnectionOf(RED, server), stream, ...limits, warn });
  }
  const { maxBytes, dedupWindowMs } = limits ?? {};
  return openHereStore({
    folder: path.resolve(RED.settings.userDir ?? "", folder),
    stream,
    ...(maxBytes !== undefined && { maxBytes }),
    ...(dedupWindowMs !== undefined && { dedupWindowMs }),
  });
}
