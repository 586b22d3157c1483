import { createHash, randomUUID } from "node:crypto";
import { isFields, textOf } from "../core/fields";
import { encodeMessage } from "./envelope";
import { formatSubject, isCommonEvent } from "./subject";

/**
 * Returns the identity of a message. Two messages with the same identity are one to a store.
 *
 * - A common event: its subject and content, with id, state and time, without the time of arrival. A sender that
 *   repeats an event sends a duplicate; two updates of one occurrence are two messages.
 * - A message that came out of a store: the id it got there, with all its properties, because a flow may make several
 *   messages of one.
 * - Any other message: a new id. It is never a duplicate.
 *
 * @throws {SurveillanceError} STORE_MESSAGE_INVALID, TOO_LARGE
 */
export function identityOf(msg: object, subject: readonly string[] = []): string {
  const { payload, delivery } = msg as Record<string, unknown>;
  const at = formatSubject(subject);
  if (isCommonEvent(payload)) {
    return hashOf({ at, content: { ...payload, receivedTime: undefined } });
  }
  const id = isFields(delivery) ? textOf(delivery, "id") : undefined;
  // In place of `_msgid`, which each delivery may change.
  return id === undefined ? randomUUID() : hashOf({ ...msg, _msgid: [at, id] });
}

function hashOf(content: object): string {
  return createHash("sha256").update(encodeMessage(content)).digest("base64url");
}
