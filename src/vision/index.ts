/** Detection in pictures: the detector, the rules that make events of detections, and drawing. */
export * from "../events/shared";
export type { Detection, FrameFormat, FrameInfo, Picture, PixelBox, RawPicture } from "../media/frame";
export { Detector, type DetectionResult, type DetectorOptions } from "./detector";
export type { InputSize } from "./model/layout";
export type { ModelInfo } from "./model/model-info";
export { providers, type Provider } from "./model/session-settings";
export { queuePolicies, type QueuePolicy } from "./worker/job-queue";
export type { PoolWatcher } from "./worker/worker-pool";
export { parseColours, type ColourOf } from "./draw/colours";
export { draw, type DrawnPicture } from "./draw/draw";
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
export type { PictureSize } from "./rules/sightings";
export { parseZones, zoneTests, type Zone, type ZoneTest } from "./rules/zones";
