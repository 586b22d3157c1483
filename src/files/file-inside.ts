import path from "node:path";
import { SurveillanceError } from "../core/errors";

/**
 * The absolute path of a file that a message names, which may lie in a folder below.
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
