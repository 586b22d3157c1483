import type { Clock } from "../../../core/clock";
import type { ServerClient } from "../server-client";
import type { ServersWatcher } from "../types";
import type { CheckRhythm } from "./pooled-server";

export interface PoolOptions<Job, Value> {
  /** Requests of one server at the same time. */
  inFlight: number;
  /** Milliseconds of one job: waiting, and a repetition on another server. */
  timeout: number;
  watcher?: ServersWatcher | undefined;
  /** Rejects a server that has passed its check. The second parameter has the servers that are ready. */
  accept?: (client: ServerClient<Job, Value>, ready: readonly ServerClient<Job, Value>[]) => void;
  rhythm?: CheckRhythm;
  clock?: Clock;
}
