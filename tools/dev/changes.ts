import { watch } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";

/** Wait after a change: editors write a file in several steps, and version control writes many files. */
const QUIET_MS = 150;

/** The longest time between two comparisons. */
const COMPARE_MS = 1000;

/**
 * Watches files and folders.
 *
 * @param root the folder that all paths are relative to
 * @param watched files and folders
 * @param signal ends the watch
 * @yields the files that were added, changed or removed, with `/`
 */
export async function* changes(
  root: string,
  watched: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<string[]> {
  let wake: () => void = () => undefined;
  // Platforms name different files in their events, so an event only triggers a comparison of all times.
  for (const place of watched)
    watch(path.join(root, place), { recursive: true, signal }, () => {
      wake();
    });
  signal.addEventListener("abort", () => {
    wake();
  });

  let before = await timesOf(root, watched);
  for (;;) {
    const woken = new Promise<void>((resolve) => (wake = resolve));
    const now = await timesOf(root, watched);
    const changed = [...new Set([...before.keys(), ...now.keys()])].filter(
      (file) => before.get(file) !== now.get(file),
    );
    before = now;
    if (changed.length > 0) yield changed;
    if (signal.aborted) return;
    // Node.js 20 loses the events of a file that was replaced by renaming another one.
    await Promise.race([woken, delay(COMPARE_MS, undefined, { signal, ref: false }).catch(() => undefined)]);
    await delay(QUIET_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** @returns the time of the last change by file, in ms */
async function timesOf(root: string, watched: readonly string[]): Promise<Map<string, number>> {
  const times = new Map<string, number>();
  for (const place of watched) {
    const entries = await readdir(path.join(root, place), { recursive: true }).catch(() => [""]);
    await Promise.all(
      entries.map(async (entry) => {
        const file = path.join(place, entry);
        // The file can be removed in the meantime.
        const stats = await stat(path.join(root, file)).catch(() => undefined);
        if (stats?.isFile()) times.set(file.split(path.sep).join("/"), stats.mtimeMs);
      }),
    );
  }
  return times;
}
