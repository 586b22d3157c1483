import type { InputTensor, OutputTensor, TensorInfo } from "../onnx/tensor";

/** A model that can be run, in this process or on a server. */
export interface ModelSession {
  inputs: readonly TensorInfo[];
  outputs: readonly TensorInfo[];
  /**
   * Runs the model on inputs by name. Rejects with the errors of ONNX Runtime, or with those of the servers.
   *
   * @param camera name of the image's camera, which has its turn at the servers
   */
  run(inputs: Readonly<Record<string, InputTensor>>, camera?: string): Promise<SessionRun>;
}

/** The result of a run. */
export interface SessionRun {
  outputs: OutputTensor[];
  /** The time of the model, with the transport to a server. */
  milliseconds: number;
  /** The address of the server that ran it. */
  server?: string;
}
