/**
 * HikCentral Professional: the OpenAPI gateway's client and the signature it asks for, the catalogue of its operations and of
 * its event types.
 */
export * from "./catalogue";
export { HcpClient, type HcpClientOptions, type HcpRequestOptions } from "./request/client";
export { EventStream, imagePolicies } from "./events/event-stream";
export type { EventOrigin, EventStreamMemory, EventStreamOptions, ImagePolicy } from "./events/event-stream";
export { EventSubscription, type EventSubscriptionOptions } from "./events/subscription/subscription";
export { commonTypeOf, eventTypes, findEventType } from "./event-types";
export type { EventCategory, EventSourceType, HcpEventType } from "./event-types";
export type { ConnectionProblem, ConnectionReport } from "./diagnosis/reports";
export { testConnection } from "./diagnosis/connection-test";
export { HcpError } from "./request/hcp-error";
export { gatherPages, type HcpPage } from "./request/paging";
export type { HcpResponse } from "./request/response";
export { checkRequest, type RequestCheckOptions } from "./request/request-check";
export { sign, type Parameters, type Signature, type SignInput } from "./request/sign";
export { listResources, resourceKinds, type Resource, type ResourceName } from "./request/resources";
export { statusCodes, type StatusCode } from "./request/status-codes";
export { platformTime, type ZoneOffset } from "./time";
