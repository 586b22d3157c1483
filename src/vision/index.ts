/** Detection in images: the detector, the rules that make events of detections, and drawing. */
export type { Detection, FrameInfo, Image, PixelBox, RawImage } from "../media/frame";
export { Detector, type DetectionResult, type DetectorOptions } from "./detector";
export { parseColours } from "./draw/colours";
export { draw, type DrawnImage } from "./draw/draw";
export type { Drawing, Mark } from "./draw/overlay";
export {
  DetectionRule,
  type DetectedFrame,
  type DetectionRuleOptions,
  type EmitEvent,
} from "./rules/detection-rule";
export { parseZones, zoneTests, type Zone, type ZoneTest } from "./rules/zones";
