/** The common event: its model, its topic, and the tracker of occurrences. */
export * from "./shared";
export * from "./common-event";
export * from "./event-types";
export * from "./occurrences";
export type { StartableSource } from "./source";
export * from "./topic";
export { systemClock } from "../core/clock";
