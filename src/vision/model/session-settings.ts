/** Apart from the session, so that the detector's types need no native package. */
export const providers = ["cpu", "cuda", "tensorrt", "dml", "coreml", "webgpu"] as const;
export type Provider = (typeof providers)[number];

export interface SessionSettings {
  /** What ONNX Runtime computes on. */
  provider: Provider;
  /** How many CPU cores one run may use. */
  threads: number;
  /** How many labels the user gave, where they did. */
  classes?: number;
}
