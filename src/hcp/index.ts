/**
 * HikCentral Professional: the client of its OpenAPI gateway, the catalogue of operations and event types, alarms to it
 * and events from it.
 */
export * from "../events/shared";
export * from "./catalogue";
export { HcpClient, type HcpClientOptions, type HcpRequestOptions } from "./request/client";
export { HcpError, type HcpErrorDetails } from "./request/hcp-error";
export type { GatewayResponse, HcpResponse } from "./request/response";
export { gatherPages, type HcpPage } from "./request/paging";
export { checkRequest, type RequestCheckOptions } from "./request/request-check";
export { listResources, resourceKinds, type Resource, type ResourceName } from "./request/resources";
export { sign, type Parameters, type Signature, type SignInput } from "./request/sign";
export { statusCodes, type StatusCode } from "./request/status-codes";
export { platformTime, type ZoneOffset } from "./time";
export { testConnection } from "./diagnosis/connection-test";
export type {
  CallbackPost,
  CallbackReport,
  ConnectionProblem,
  ConnectionReport,
  SubscriptionReport,
} from "./diagnosis/reports";
export {
  GenericEventAlarms,
  openApiAlarms,
  type AlarmOutput,
  type AlarmReceipt,
  type GenericEventAlarmOptions,
  type OpenApiAlarmOptions,
} from "./alarms/alarm-output";
export type { GenericEventTransport } from "./alarms/generic-event-rule";
export {
  HcpEventSource,
  type HcpEvent,
  type HcpEventConnection,
  type HcpEventSourceOptions,
} from "./events/event-source";
export {
  imagePolicies,
  type EventOrigin,
  type EventStreamSettings,
  type ImagePolicy,
} from "./events/event-stream";
export type { Fields } from "./values";
export { commonTypeOf, eventTypes, findEventType } from "./event-types";
export type { EventCategory, EventSourceType, HcpEventType } from "./event-types";
