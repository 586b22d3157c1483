import path from "node:path";
import { SurveillanceError, toError } from "../core/errors";

/** Codes of the file system, not of the network. */
const FILE_CODES = new Set([
  ...["ENOSPC", "EDQUOT", "EFBIG", "EIO", "EMFILE"],
  ...["EACCES", "EPERM", "EROFS", "ENOENT", "ENOTDIR", "EISDIR", "EEXIST", "ENAMETOOLONG"],
]);

/**
 * Returns the absolute path of a file that a message names. It may be in a subfolder.
 *
 * @throws {SurveillanceError} CONFIG_INVALID if the name points outside the folder
 */
export function fileInside(folder: string, name: string): string {
  const file = path.resolve(folder, name);
  const inside = path.relative(path.resolve(folder), file);
  const isOutside = inside === "" || inside.startsWith("..") || path.isAbsolute(inside);
  if (isOutside || /[\0\\]/.test(name)) {
    throw new SurveillanceError("CONFIG_INVALID", `The file name "${name}" points outside the folder.`, {
      advice: 'Use a name without "..", without a backslash and without a leading slash.',
    });
  }
  return file;
}

/** Returns a FILE_WRITE error for an error of the file system; undefined for any other error. */
export function fileError(thrown: unknown, file: string): SurveillanceError | undefined {
  const code = (thrown as NodeJS.ErrnoException | undefined)?.code ?? "";
  if (!FILE_CODES.has(code)) return undefined;
  const full = code === "ENOSPC" || code === "EDQUOT";
  return new SurveillanceError("FILE_WRITE", `${file} cannot be written: ${toError(thrown).message}.`, {
    cause: thrown,
    advice: full ? "Free some space, or choose another folder." : "Check the folder and its permissions.",
  });
}
