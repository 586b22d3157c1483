export * from "./common-event";
export * from "./event-types";
