import { SurveillanceError, toError } from "../core/errors";
import type { LockHolder } from "../files/folder-lock";

const FULL = new Set(["ENOSPC", "EDQUOT"]);

/** What keeps an archive from writing, as an error of the package. */
export function describeFailure(folder: string, thrown: unknown): SurveillanceError {
  if (thrown instanceof SurveillanceError) return thrown;
  const cause = toError(thrown) as NodeJS.ErrnoException;
  if (cause.name === "AbortError") {
    return new SurveillanceError("CLOSED", `The archive was closed before ${folder} was free.`);
  }
  if (FULL.has(cause.code ?? "")) {
    return new SurveillanceError("ARCHIVE_DISK_FULL", `The disk of the archive ${folder} is full.`, {
      cause,
      advice: "Make room, or let the archive keep less.",
    });
  }
  return new SurveillanceError(
    "ARCHIVE_WRITE_FAILED",
    `The archive ${folder} cannot be written: ${cause.message}.`,
    {
      cause,
      advice: "Check that the folder exists and that Node-RED may write to it.",
    },
  );
}

export function inUse(folder: string, { pid, host }: LockHolder): SurveillanceError {
  const who = pid === undefined ? "" : ` (number ${pid}${host === undefined ? "" : ` on ${host}`})`;
  return new SurveillanceError("ARCHIVE_IN_USE", `Another process${who} keeps its archive in ${folder}.`, {
    advice: "Give each its own folder, or end the other one: the next event is then kept here.",
  });
}
