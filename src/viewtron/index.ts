export { decodePost, type PostContext, type ViewtronPost } from "./decode";
export { ViewtronEventSource, type ViewtronEventSourceOptions } from "./event-source";
export type { Dialect, PostKind } from "./post-kind";
export { legacyPaths, MAX_BODY, responses } from "./endpoint";
