/** Detection in pictures: the detector, the rules that make events of detections, and drawing. */
export type { Detection, FrameInfo, Picture, PixelBox, RawPicture } from "../media/frame";
export { Detector, type DetectionResult, type DetectorOptions } from "./detector";
export { parseColours } from "./draw/colours";
export { draw, type DrawnPicture } from "./draw/draw";
export type { Drawing, Mark } from "./draw/overlay";
export {
  DetectionRule,
  type DetectedFrame,
  type DetectionRuleOptions,
  type EmitEvent,
} from "./rules/detection-rule";
export { parseZones, zoneTests, type Zone, type ZoneTest } from "./rules/zones";
