import { statSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import path from "node:path";

/** What `tools/build.mjs` reads, relative to the checkout. */
const sources = ["src", "nodes", "icons", "locales", "tools/build.mjs", "tsconfig.base.json"];

/**
 * Whether `dist/` was built after the last change of what it is built from. The build gives `dist/` the time at which
 * it began, once it is complete.
 *
 * @param root the checkout
 */
export async function isBuildFresh(root: string): Promise<boolean> {
  const built = statSync(path.join(root, "dist"), { throwIfNoEntry: false });
  if (built === undefined) return false;
  const changes = await Promise.all(sources.map((source) => lastChange(path.join(root, source))));
  return Math.max(...changes) <= built.mtimeMs;
}

/** @returns the newest time of a file or of anything in a folder, in ms; a removed file changes its folder's */
async function lastChange(file: string): Promise<number> {
  const { mtimeMs } = await stat(file);
  const entries = await readdir(file, { recursive: true }).catch(() => []);
  const times = await Promise.all(entries.map(async (entry) => (await stat(path.join(file, entry))).mtimeMs));
  return Math.max(mtimeMs, ...times);
}
