import type { SurveillanceError } from "../../../core/errors";
import type { Answer } from "../types";
import type { PooledServer } from "./pooled-server";

/** A job on its way. */
export interface Task<Job, Value> {
  job: Job;
  lane: string;
  /** When it must be done, on the pool's clock. */
  deadline: number;
  tried: PooledServer<Job, Value>[];
  /** Those under way, with their cancellation. */
  attempts: Map<PooledServer<Job, Value>, AbortController>;
  /** The one repetition is waiting, or was made. */
  repeated: boolean;
  error: SurveillanceError | undefined;
  over: boolean;
  /** Cancels the timers and the listener of the signal. */
  cleanup: (() => void)[];
  resolve: (answer: Answer<Value>) => void;
  reject: (error: SurveillanceError) => void;
}
