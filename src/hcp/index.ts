/**
 * HikCentral Professional: the client of its OpenAPI gateway, the catalogue of operations and event types, alarms sent to it
 * and events received from it.
 */
export * from "../events/shared";
export * from "./catalogue";
export { HcpClient, type HcpClientOptions, type HcpRequestOptions } from "./client";
export { HcpError, type HcpErrorDetails } from "./hcp-error";
export type { HcpReply, Reply } from "./reply";
export { gatherPages, type HcpPage } from "./paging";
export { checkRequest, type RequestCheckOptions } from "./request-check";
export { listResources, resourceKinds, type Resource, type ResourceName } from "./resources";
export { sign, type Parameters, type Signature, type SignInput } from "./sign";
export { statusCodes, type StatusCode } from "./status-codes";
export { testConnection } from "./connection-test";
export type { ConnectionProblem, ConnectionReport } from "./connection-report";
export { platformTime, type ZoneOffset } from "./time";
export {
  GenericEventAlarms,
  openApiAlarms,
  type AlarmOutput,
  type AlarmReceipt,
  type GenericEventAlarmOptions,
  type OpenApiAlarmOptions,
} from "./alarm-output";
export type { GenericEventTransport } from "./generic-event-rule";
export { EventInput as HcpEventSource, type EventInputOptions as HcpEventSourceOptions } from "./event-input";
export {
  picturePolicies,
  type EventOrigin,
  type EventStreamOptions,
  type PicturePolicy,
} from "./event-stream";
export type { Fields } from "./events/values";
export type { CallbackPost, CallbackReport, SubscriptionReport } from "./callback-report";
export { commonTypeOf, eventTypes, findEventType } from "./event-types";
export type { EventCategory, EventSourceType, HcpEventType } from "./event-types";
