/**
 * HikCentral Professional: the OpenAPI gateway's client and the signature it asks for, the catalogue of its operations and of
 * its event types.
 */
export * from "./catalogue";
export { HcpClient, type HcpClientOptions, type HcpRequestOptions } from "./client";
export { EventStream, picturePolicies } from "./event-stream";
export type { EventOrigin, EventStreamMemory, EventStreamOptions, PicturePolicy } from "./event-stream";
export { EventSubscription, type EventSubscriptionOptions } from "./subscription";
export { commonTypeOf, eventTypes, findEventType } from "./event-types";
export type { EventCategory, EventSourceType, HcpEventType } from "./event-types";
export type { ConnectionProblem, ConnectionReport } from "./connection-report";
export { testConnection } from "./connection-test";
export { HcpError } from "./hcp-error";
export { gatherPages, type HcpPage } from "./paging";
export type { HcpReply } from "./reply";
export { checkRequest, type RequestCheckOptions } from "./request-check";
export { sign, type Parameters, type Signature, type SignInput } from "./sign";
export { listResources, resourceKinds, type Resource, type ResourceName } from "./resources";
export { statusCodes, type StatusCode } from "./status-codes";
export { platformTime, type ZoneOffset } from "./time";
