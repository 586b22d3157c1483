/** Detection in images: the detector, the rules that turn detections into events, and drawing. */
export * from "../events/shared";
export type {
  Detection,
  FrameFormat,
  FrameInfo,
  AnyImage,
  ImageSize,
  PixelBox,
  RawImage,
} from "../media/frame";
export { Detector, type DetectionResult, type DetectorOptions, type DetectorWatcher } from "./detector";
export {
  imageFits,
  providers,
  queuePolicies,
  type DetectionServers,
  type ImageFit,
  type ModelInfo,
  type Provider,
  type QueuePolicy,
} from "./model-types";
export { dialects, type Dialect, type InferenceServerSettings } from "./servers/types";
export type { FallbackListener } from "./worker/fallback";
export type { SentError, ServersReport } from "./worker/messages";
export type { PoolWatcher } from "./worker/worker-pool";
export { parseColours, type ColourOf } from "./draw/colours";
export { draw, type DrawnImage } from "./draw/draw";
export type { Drawing, Mark } from "./draw/overlay";
export {
  DetectionRule,
  type DetectedFrame,
  type DetectionRuleOptions,
  type EmitEvent,
} from "./rules/detection-rule";
export type { CameraRuleOptions } from "./rules/camera-rule";
export type { FrameContext } from "./rules/event";
export type { HelmetOptions } from "./rules/helmet";
export type { Point } from "./rules/polygon";
export { parseZones, zoneTests, type Zone, type ZoneTest } from "./rules/zones";
