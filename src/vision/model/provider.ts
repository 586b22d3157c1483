/** What ONNX Runtime computes on. Apart from the session, so that its types need no native package. */
export const providers = ["cpu", "cuda", "tensorrt", "dml", "coreml", "webgpu"] as const;
export type Provider = (typeof providers)[number];
