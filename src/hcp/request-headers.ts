import { SurveillanceError } from "../core/errors";

/** What the guide forbids in a user id, and what cannot stand in an HTTP header. */
const BAD_USER_ID = /['/\\:*?"<>|]|[^\x20-\x7e]/;
const PRINTABLE = /^[\x20-\x7e]*$/;

/** @throws {SurveillanceError} CONFIG_INVALID for a value that cannot stand in an HTTP header */
export function checkHeaders({
  userId,
  headers = {},
}: {
  userId?: string | undefined;
  headers?: Readonly<Record<string, string>> | undefined;
}): void {
  checkUserId(userId);
  const broken = Object.entries(headers).find(([, value]) => !PRINTABLE.test(value))?.[0];
  if (broken === undefined) return;
  throw new SurveillanceError("CONFIG_INVALID", `The value of ${broken} cannot stand in an HTTP header.`);
}

/** @throws {SurveillanceError} CONFIG_INVALID for an id that the guide forbids */
export function checkUserId(userId: string | undefined): void {
  if (userId === undefined || (userId.length >= 1 && userId.length <= 32 && !BAD_USER_ID.test(userId)))
    return;
  throw new SurveillanceError(
    "CONFIG_INVALID",
    "The user id must have 1 to 32 characters and none of ' / \\ : * ? \" < > |.",
  );
}
