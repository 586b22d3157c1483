export * from "./alerts/alert-stream";
export { readArming, type ArmedEvent } from "./arming";
export * from "./audio/two-way-audio";
export * from "./client";
export * from "./device";
export * from "./discovery";
export * from "./alerts/event-source";
export * from "./event-types";
export * from "./generic-request";
export {
  findOperation,
  operations,
  type Operation,
  type OperationParameters,
  type SwitchState,
} from "./operations/catalogue";
export * from "./operations/run";
export * from "./recordings/recording";
export * from "./recordings/recordings";
export * from "./ptz/controller";
export * from "./response-status";
export * from "./snapshot";
export * from "./thermal/measure";
export * from "./thermal/picture";
export * from "./thermal/readings";
export * from "./thermal/realtime";
export * from "./thermal/thermometer";
export { PartParser, type Part, type PartHandler, type PartParserOptions } from "./stream/part-parser";
export { buildXml, parseXml, type XmlFields } from "./xml";
