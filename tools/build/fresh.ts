import { statSync } from "node:fs";
import { readdir, stat, utimes, writeFile } from "node:fs/promises";
import path from "node:path";

/** The sources of the build, relative to the checkout. */
export const buildSources = ["src", "nodes", "icons", "locales", "tools/build", "tsconfig.base.json"];
/** A complete build leaves this file. Its time of change is the start of the build. */
const stampFile = "dist/.built";

/**
 * Returns whether `dist/` is a complete build and no source has changed since it began.
 *
 * @param root the checkout
 */
export async function isBuildFresh(root: string): Promise<boolean> {
  const stamp = statSync(path.join(root, stampFile), { throwIfNoEntry: false });
  if (stamp === undefined) return false;
  const changes = await Promise.all(buildSources.map((source) => lastChange(path.join(root, source))));
  return Math.max(...changes) <= stamp.mtimeMs;
}

/** Marks `dist/` as complete. */
export async function stampBuild(root: string, began: Date): Promise<void> {
  await writeFile(path.join(root, stampFile), "");
  await utimes(path.join(root, stampFile), began, began);
}

/** @returns the latest change of a file, or of everything in a folder, in ms; removing a file changes its folder */
async function lastChange(file: string): Promise<number> {
  const { mtimeMs } = await stat(file);
  const entries = await readdir(file, { recursive: true }).catch(() => []);
  const times = await Promise.all(entries.map(async (entry) => (await stat(path.join(file, entry))).mtimeMs));
  return Math.max(mtimeMs, ...times);
}
