import path from "node:path";
import { SurveillanceError, toError } from "../core/errors";

/** Codes of the file system, not of the network. */
const FILE_CODES = new Set([
  ...["ENOSPC", "EDQUOT", "EFBIG", "EIO", "EMFILE"],
  ...["EACCES", "EPERM", "EROFS", "ENOENT", "ENOTDIR", "EISDIR", "EEXIST", "ENAMETOOLONG"],
]);

/**
 * The absolute path of a file that a message names. It may be in a folder below.
 *
 * @throws {SurveillanceError} CONFIG_INVALID where the name leads out of the folder
 */
export function fileInside(folder: string, name: string): string {
  const file = path.resolve(folder, name);
  const inside = path.relative(path.resolve(folder), file);
  const leadsOut = inside === "" || inside.startsWith("..") || path.isAbsolute(inside);
  if (leadsOut || /[\0\\]/.test(name)) {
    throw new SurveillanceError("CONFIG_INVALID", `The file name "${name}" leads out of the folder.`, {
      advice: "Give a name without .. and without a leading slash.",
    });
  }
  return file;
}

/** FILE_WRITE where writing a file failed; undefined where it was something else. */
export function fileError(thrown: unknown, file: string): SurveillanceError | undefined {
  const code = (thrown as NodeJS.ErrnoException | undefined)?.code ?? "";
  if (!FILE_CODES.has(code)) return undefined;
  const full = code === "ENOSPC" || code === "EDQUOT";
  return new SurveillanceError("FILE_WRITE", `${file} cannot be written: ${toError(thrown).message}.`, {
    cause: thrown,
    advice: full ? "Free some space, or choose another folder." : "Check the folder and its permissions.",
  });
}
