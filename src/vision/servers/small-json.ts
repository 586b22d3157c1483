import { isFields, type Fields } from "../../core/fields";

/** More than 10,000 predictions, or the description of any model. Parsing more would block the event loop. */
const MAX_BYTES = 4 * 1024 * 1024;

/** Returns the object in the body of a small response; undefined if it is none, or too large for one. */
export function objectIn(body: Buffer): Fields | undefined {
  if (body.length > MAX_BYTES) return undefined;
  try {
    const json: unknown = JSON.parse(body.toString("utf8"));
    return isFields(json) ? json : undefined;
  } catch {
    return undefined;
  }
}
