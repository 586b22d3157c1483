/** Viewtron's webhooks: the posts of cameras and recorders as common events. */
export * from "../events/shared";
export { decodePost, type PostContext, type ViewtronPost } from "./decode";
export { ViewtronEventSource, type ViewtronEventSourceOptions } from "./event-source";
export type { Dialect, PostKind } from "./post-kind";
export type { WebhookResponse } from "../net/webhook/listener";
export { legacyPaths, MAX_BODY, responses } from "./endpoint";
