/** The types in the signatures of every subpath. Each subpath exports them, so that a program needs one import. */
export type { Clock } from "../core/clock";
export {
  SurveillanceError,
  errorCodes,
  type Retry,
  type ErrorCode,
  type SurveillanceErrorOptions,
} from "../core/errors";
export type {
  CommonEvent,
  EventImage,
  EventSource,
  EventState,
  EventTarget,
  NormalisedBox,
} from "./common-event";
export type { Source, SourceHandler, SourceState } from "./source";
export { commonEventTypes, type CommonEventType } from "./event-types";
