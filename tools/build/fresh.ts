import { statSync } from "node:fs";
import { readdir, stat, utimes, writeFile } from "node:fs/promises";
import path from "node:path";

/** What the build reads, relative to the checkout. */
export const buildSources = ["src", "nodes", "icons", "locales", "tools/build", "tsconfig.base.json"];
/** Its time is the one at which the build began. */
const stampFile = "dist/.built";

/**
 * Whether `dist/` is a complete build, and no older than what it is built from.
 *
 * @param root the checkout
 */
export async function isBuildFresh(root: string): Promise<boolean> {
  const stamp = statSync(path.join(root, stampFile), { throwIfNoEntry: false });
  if (stamp === undefined) return false;
  const changes = await Promise.all(buildSources.map((source) => lastChange(path.join(root, source))));
  return Math.max(...changes) <= stamp.mtimeMs;
}

/** Says that `dist/` is complete. */
export async function stampBuild(root: string, began: Date): Promise<void> {
  await writeFile(path.join(root, stampFile), "");
  await utimes(path.join(root, stampFile), began, began);
}

/** @returns the newest time of a file or of anything in a folder, in ms; a removed file changes its folder's */
async function lastChange(file: string): Promise<number> {
  const { mtimeMs } = await stat(file);
  const entries = await readdir(file, { recursive: true }).catch(() => []);
  const times = await Promise.all(entries.map(async (entry) => (await stat(path.join(file, entry))).mtimeMs));
  return Math.max(mtimeMs, ...times);
}
