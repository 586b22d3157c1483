import { SurveillanceError } from "../../../core/errors";
import { isFields } from "../../../core/fields";
import { fieldsOf, listOf, numberOf, parseJson, textOf, type Fields } from "../../values";

/** One event of a post, with what its envelope says of it. */
export interface EventMessage {
  /** `event_vss`, `event_acs`, `event_veh` …; absent for linkage events. */
  ability: string | undefined;
  sendTime: string | undefined;
  /** The event itself, as it came. */
  fields: Fields;
  /** `data`: an object even where it came as JSON text; empty where there is none. */
  data: Fields;
  /** NaN where there is none. */
  eventType: number;
  /** NaN where there is none. */
  status: number;
}

/** What `status` says (guide, table A-74). */
export const eventStatus = { occurred: 0, started: 1, ended: 2, pulse: 3, linkage: 4, image: 5 } as const;

/** The platform sends some dozens. Each costs more than its few bytes: millions would hold up every flow. */
const MAX_EVENTS = 10_000;

/** Fields, items and objects of a post; images contain none of them. */
const MAX_PARTS = 250_000;
const PART_BEGINS = ["{", "[", ","];

/** JSON is parsed in one go: what is made of nothing but brackets takes seconds for a few megabytes. */
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
 * @throws {SurveillanceError} HCP_EVENT_INVALID when it is not a JSON object, or one of too many events
 */
export function readPost(body: Buffer): EventMessage[] {
  if (hasTooManyParts(body)) {
    throw new SurveillanceError("HCP_EVENT_INVALID", "A post has more fields than any of HikCentral.");
  }
  const text = body.toString("utf8").trim();
  if (text === "") return [];
  const envelope = parseJson(text);
  if (!isFields(envelope)) {
    throw new SurveillanceError(
      "HCP_EVENT_INVALID",
      `A post of ${body.length} bytes is not an event message of HikCentral: it is not a JSON object.`,
    );
  }
  const params = fieldsOf(envelope.params);
  const ability = textOf(params?.ability);
  const sendTime = textOf(params?.sendTime);
  const events = listOf(params?.events);
  if (events.length > MAX_EVENTS) {
    throw new SurveillanceError(
      "HCP_EVENT_INVALID",
      `A post of ${events.length} events is none of HikCentral.`,
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

/** The events that made a linkage rule act; empty for every other event. */
export function linkedEvents({ fields }: EventMessage): Fields[] {
  return listOf(fields.eventDetails);
}

/** The types an event goes by: its own and, as a linkage event's is 0, those of the events that led to it. */
export function typesOf(message: EventMessage): number[] {
  const linked = linkedEvents(message).map((event) => numberOf(event.eventType) ?? Number.NaN);
  return [message.eventType, ...linked];
}
