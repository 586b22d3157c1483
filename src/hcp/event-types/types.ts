/** The kind of source of an event, as the platform names it (`srcType` of an event). */
export type EventSourceType =
  | "camera"
  | "ioIn"
  | "encodeDevice"
  | "door"
  | "acsDevice"
  | "mobileDevice"
  | "mobileVehicle"
  | "generalEventRule"
  | "fallRadar"
  | "livefeatureRadar"
  /** The alarm input of the healthcare events, spelt differently from `ioIn`. */
  | "alarminput";

/** The headings of the guide's appendix A.4. */
export type EventCategory =
  | "camera"
  | "alarmInput"
  | "encodingDevice"
  | "door"
  | "accessControlDevice"
  | "mobileDevice"
  | "person"
  | "genericEvent"
  | "cardSwiping"
  | "anpr"
  | "face"
  | "mobileVehicle"
  | "healthcare";

export interface HcpEventType {
  /** As in `eventType` of an event and `eventTypes` of a subscription. */
  readonly code: number;
  readonly name: string;
  readonly source: EventSourceType;
  readonly category: EventCategory;
}

/** Returns the event types of one category from rows of code and name. */
export function eventTypesOf(
  category: EventCategory,
  source: EventSourceType,
  names: Readonly<Record<number, string>>,
): HcpEventType[] {
  return Object.entries(names).map(([code, name]) => ({ code: Number(code), name, source, category }));
}
