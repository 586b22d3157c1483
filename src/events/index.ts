export * from "./common-event";
export * from "./event-types";
export * from "./occurrence-tracker";
export * from "./topic";
