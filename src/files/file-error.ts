import { SurveillanceError, toError } from "../core/errors";

/** What the file system says, and not the network. */
const FILE_CODES = new Set([
  ...["ENOSPC", "EDQUOT", "EFBIG", "EIO", "EMFILE"],
  ...["EACCES", "EPERM", "EROFS", "ENOENT", "ENOTDIR", "EISDIR", "EEXIST", "ENAMETOOLONG"],
]);

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
