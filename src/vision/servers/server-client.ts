/** One inference server, whatever its dialect. */
export interface ServerClient<Job, Value> {
  /** The URL as the user has entered it. */
  readonly url: string;
  /**
   * Checks that the server is ready for the model.
   *
   * @throws {SurveillanceError} the reason why not, or the reason of the signal
   */
  check(signal: AbortSignal): Promise<void>;
  /** @throws {SurveillanceError} see `faultOf`, or the reason of the signal */
  run(job: Job, signal: AbortSignal): Promise<Value>;
  close(): Promise<void>;
}
