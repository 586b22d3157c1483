/** Every event type and alarm category of the guide's appendix A.4. */
import { accessEventTypes } from "./access";
import { deviceEventTypes } from "./devices";
import { mobileAndHealthcareEventTypes } from "./mobile-and-healthcare";
import type { EventSourceType, HcpEventType } from "./types";

export { beginningOf, commonTypeOf, hasEnding } from "./common-types";
export type { EventCategory, EventSourceType, HcpEventType } from "./types";

export const eventTypes: readonly HcpEventType[] = [
  ...deviceEventTypes,
  ...accessEventTypes,
  ...mobileAndHealthcareEventTypes,
];

const byCode = new Map(eventTypes.map((type) => [type.code, type]));

/** Returns the event type with this code, or undefined. 193 and 194 are the same for a camera and a door. */
export function findEventType(code: number): HcpEventType | undefined {
  return byCode.get(code);
}

/** Every code once. */
export const listedCodes: readonly number[] = [...byCode.keys()];

/** Returns the kinds of source of an event type; empty for a type that is not listed. */
export function sourcesOf(code: number): EventSourceType[] {
  return eventTypes.filter((type) => type.code === code).map(({ source }) => source);
}
