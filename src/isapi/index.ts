export * from "./alerts/alert-stream";
export { readArming, type ArmedEvent } from "./device/arming";
export * from "./audio/two-way-audio";
export { IsapiClient, type IsapiClientOptions } from "./connection/client";
export type {
  BufferedResponse,
  ConnectionUse,
  IsapiRequest,
  IsapiResponse,
  RequestBudget,
} from "./connection/messages";
export * from "./device/device";
export * from "./device/discovery";
export * from "./alerts/isapi-event-source";
export * from "./documents/event-types";
export * from "./request/generic-request";
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
export * from "./connection/response-status";
export * from "./request/snapshot";
export * from "./thermal/measure";
export * from "./thermal/image";
export * from "./thermal/readings";
export * from "./thermal/realtime";
export * from "./thermal/thermometer";
export { PartParser, type Part, type PartHandler, type PartParserOptions } from "./stream/part-parser";
export { buildXml, parseXml, type XmlFields } from "./documents/xml";
