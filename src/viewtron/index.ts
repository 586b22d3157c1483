export { decodePost, type PostContext, type ViewtronPost } from "./decode";
export { ViewtronReceiver, type ReceiverOptions } from "./receiver";
export type { Dialect, PostKind } from "./post-kind";
export { replies } from "./replies";
export { legacyPaths, MAX_BODY } from "./endpoint";
