/** Viewtron's webhooks: what cameras and recorders post, as common events. */
export * from "../events/shared";
export { decodePost, type PostContext, type ViewtronPost } from "./decode";
export { ViewtronReceiver, type ReceiverOptions } from "./receiver";
export type { Dialect, PostKind } from "./post-kind";
export { replies } from "./replies";
export type { WebhookAnswer } from "../net/webhook";
export { legacyPaths, MAX_BODY } from "./endpoint";
