import { SurveillanceError } from "../../core/errors";
import type { EventStore } from "../store";
import type { NatsConnectionOptions } from "./connection-options";

export type { NatsConnectionOptions } from "./connection-options";

export interface NatsStoreOptions {
  connection: NatsConnectionOptions;
  /** The name of the stream. It is made when it does not exist. */
  stream: string;
  /** The subjects that the stream stores: `["surveillance.>"]` */
  subjects: readonly string[];
  /** The stream refuses more bytes than this. */
  maxBytes: number;
  /** Milliseconds within which two messages with one identity are one */
  dedupWindowMs: number;
  /** Receives what a user should know: settings of an existing stream with which messages may be lost. */
  warn?: (text: string) => void;
}

/** Opens a store on NATS JetStream. Connects in the background; stores with equal connection options share it. */
export function openNatsStore(options: NatsStoreOptions): EventStore {
  throw new SurveillanceError("STORE_FAILED", `Stream ${options.stream}: not available yet.`);
}
