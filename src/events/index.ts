export * from "./common-event";
export * from "./event-types";
export * from "./occurrences";
export * from "./topic";
