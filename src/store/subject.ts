import { SurveillanceError } from "../core/errors";
import { isFields, textOf } from "../core/fields";
import { topicOf } from "../events/topic";
import type { CommonEvent } from "../events/common-event";

/** The subject of a common event unless a setting says otherwise. Names in angle brackets are replaced. */
const defaultSubject = "surveillance.<source>.<device>.<channel>.<type>";

/** Follows the first level in the subject of a message that is not a common event. */
const OTHER_MESSAGES = "msg";
/** What a token of NATS cannot contain, and the escape character itself. */
const SPECIAL = /[.*>%\s\p{Cc}]/gu;
/** Stands for an empty level. A percent sign in a name is escaped, so it is never alone. */
const EMPTY = "%";
/** A subject stays far below the 4096 bytes of a NATS command line. */
const MAX_LEVELS = 16;
const MAX_LEVEL_BYTES = 128;

/** Converts any text to one level of a subject, which NATS accepts. */
export function escapeToken(text: string): string {
  if (text === "") return EMPTY;
  // Half of a surrogate pair is not a character: UTF-8 replaces it.
  return Buffer.from(text)
    .toString()
    .replace(SPECIAL, (character) =>
      Array.from(
        Buffer.from(character),
        (byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`,
      ).join(""),
    );
}

/** The reverse of {@link escapeToken}. A token that it cannot have written is returned as it is. */
export function unescapeToken(token: string): string {
  if (token === EMPTY) return "";
  try {
    return decodeURIComponent(token);
  } catch {
    return token;
  }
}

/** Joins unescaped levels to a subject. */
export function formatSubject(levels: readonly string[]): string {
  return levels.map(escapeToken).join(".");
}

/** Splits a subject into unescaped levels. */
export function parseSubject(subject: string): string[] {
  return subject.split(".").map(unescapeToken);
}

/** Tells whether a payload has the fields of a common event that subject and identity need. */
export function isCommonEvent(payload: unknown): payload is CommonEvent {
  if (!isFields(payload) || !isFields(payload.device) || !isFields(payload.channel)) return false;
  return ["source", "type", "state", "id", "time"].every((name) => typeof payload[name] === "string");
}

/**
 * Returns the unescaped levels of a message's subject. What is not a common event gets the first level of the template,
 * `msg`, and the levels of its topic.
 *
 * @param template with `<source>`, `<device>`, `<channel>`, `<type>` and `<state>`
 */
export function subjectOf(msg: object, template = defaultSubject): string[] {
  const { payload, topic } = msg as { payload?: unknown; topic?: unknown };
  const parts = template.split(".");
  const levels = isCommonEvent(payload)
    ? eventLevels(payload, parts)
    : [...parts.slice(0, 1), OTHER_MESSAGES, ...topicLevels(topic)];
  return levels.map(cut);
}

function eventLevels(event: CommonEvent, parts: readonly string[]): string[] {
  const device = topicOf({ ...event, channel: { id: "" } }).split("/")[1];
  const values: Record<string, string | undefined> = {
    source: event.source,
    device,
    channel: textOf(event.channel, "id"),
    type: event.type,
    state: event.state,
  };
  return parts.map((part) =>
    part.replace(/<(source|device|channel|type|state)>/g, (_, name: string) => values[name] ?? "unknown"),
  );
}

function topicLevels(topic: unknown): string[] {
  if (typeof topic !== "string" || topic === "") return [];
  const levels = topic.split("/", MAX_LEVELS + 1);
  return levels.length > MAX_LEVELS ? levels.slice(0, MAX_LEVELS) : levels;
}

/** Shortens a level so that its escaped form keeps the limit. */
function cut(level: string): string {
  if (level.length * 3 <= MAX_LEVEL_BYTES) return level;
  let size = 0;
  let end = 0;
  for (const character of level) {
    size += Buffer.byteLength(escapeToken(character));
    if (size > MAX_LEVEL_BYTES) break;
    end += character.length;
  }
  return level.slice(0, end);
}

/**
 * Checks a filter and escapes its levels, so that NATS accepts it too: `surveillance.*.Gate 1.>` becomes
 * `surveillance.*.Gate%201.>`.
 *
 * @throws {SurveillanceError} CONFIG_INVALID
 */
export function escapeFilter(filter: string): string {
  const tokens = filter.split(".");
  if (tokens.some((token, at) => token === "" || (token === ">" && at < tokens.length - 1))) {
    throw new SurveillanceError("CONFIG_INVALID", `The filter ${filter} is not valid.`, {
      advice:
        "Separate the levels by single dots. `*` is one level; `>` is all further levels and comes last.",
    });
  }
  const isWildcard = (token: string): boolean => token === "*" || token === ">";
  return tokens.map((token) => (isWildcard(token) ? token : escapeToken(unescapeToken(token)))).join(".");
}

/** Tells whether a subject matches a filter: `*` is one level, `>` is one or more further levels. */
export function matchesFilter(filter: string, subject: readonly string[]): boolean {
  const tokens = filter.split(".");
  const open = tokens.at(-1) === ">";
  if (open ? subject.length < tokens.length : subject.length !== tokens.length) return false;
  const fixed = open ? tokens.slice(0, -1) : tokens;
  return fixed.every((token, at) => token === "*" || unescapeToken(token) === subject[at]);
}

/**
 * Returns the lane of a subject: messages of one lane keep their order. The lane of an event is its camera (all levels
 * but the last); the lane of another message is its topic.
 */
export function laneOf(subject: readonly string[]): string {
  return formatSubject(subject[1] === OTHER_MESSAGES ? subject : subject.slice(0, -1));
}
