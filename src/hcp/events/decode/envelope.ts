import { SurveillanceError } from "../../../core/errors";
import { isFields } from "../../../core/fields";
import { fieldsOf, listOf, numberOf, parseJson, textOf, type Fields } from "../../values";

/** One event of a post, with the fields of the envelope. */
export interface EventMessage {
  /** `event_vss`, `event_acs`, `event_veh` …; absent for linkage events. */
  ability: string | undefined;
  sendTime: string | undefined;
  /** The event itself, as it arrived. */
  fields: Fields;
  /** `data` as an object, even if it arrived as JSON text; empty if absent. */
  data: Fields;
  /** NaN if absent. */
  eventType: number;
  /** NaN if absent. */
  status: number;
}

/** The values of `status` (guide, table A-74). */
export const eventStatus = { occurred: 0, started: 1, ended: 2, pulse: 3, linkage: 4, image: 5 } as const;

/** The platform sends some dozens of events per post. Millions of tiny events would block every flow. */
const MAX_EVENTS = 10_000;

/** Fields, items and objects of a post; images contain none of them. */
const MAX_PARTS = 250_000;
const PART_BEGINS = ["{", "[", ","];

/**
 * Tells whether the JSON has too many parts. A few megabytes of brackets alone block the process for seconds while they
 * are parsed.
 */
function hasTooManyParts(body: Buffer): boolean {
  if (body.length <= MAX_PARTS) return false;
  let parts = 0;
  for (const begin of PART_BEGINS) {
    for (let at = body.indexOf(begin); at >= 0; at = body.indexOf(begin, at + 1)) {
      parts += 1;
      if (parts > MAX_PARTS) return true;
    }
  }
  return false;
}

/**
 * Reads the body of a post. A post without body or without events is a test or a heartbeat.
 *
 * Source: guide, appendix A.2, tables.
 *
 * @throws {SurveillanceError} HCP_EVENT_INVALID if it is not a JSON object, or has too many events
 */
export function readPost(body: Buffer): EventMessage[] {
  if (hasTooManyParts(body)) {
    throw new SurveillanceError(
      "HCP_EVENT_INVALID",
      "The post is not from HikCentral: it has too many fields.",
    );
  }
  const text = body.toString("utf8").trim();
  if (text === "") return [];
  const envelope = parseJson(text);
  if (!isFields(envelope)) {
    throw new SurveillanceError(
      "HCP_EVENT_INVALID",
      `The post (${body.length} bytes) is not an event message of HikCentral: it is not a JSON object.`,
    );
  }
  const params = fieldsOf(envelope.params);
  const ability = textOf(params?.ability);
  const sendTime = textOf(params?.sendTime);
  const events = listOf(params?.events);
  if (events.length > MAX_EVENTS) {
    throw new SurveillanceError(
      "HCP_EVENT_INVALID",
      `The post is not from HikCentral: it has too many events (${events.length}).`,
    );
  }
  return events.map((fields) => ({
    ability,
    sendTime,
    fields,
    data: fieldsOf(fields.data) ?? {},
    eventType: numberOf(fields.eventType) ?? Number.NaN,
    status: numberOf(fields.status) ?? Number.NaN,
  }));
}

/** Returns the events that triggered a linkage rule; empty for every other event. */
export function linkedEvents({ fields }: EventMessage): Fields[] {
  return listOf(fields.eventDetails);
}

/**
 * Returns the types of an event: its own, and those of the events that triggered a linkage event, whose own type is 0.
 */
export function typesOf(message: EventMessage): number[] {
  const linked = linkedEvents(message).map((event) => numberOf(event.eventType) ?? Number.NaN);
  return [message.eventType, ...linked];
}
