import { watch } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";

/** Editors write a file in several steps, and version control writes many files. */
const QUIET_MS = 150;

/**
 * Watches files and folders.
 *
 * @param root what the paths are relative to
 * @param watched files and folders, relative to the root
 * @param signal ends it
 * @yields the files that are new, changed or gone since the last time, relative to the root with `/`
 */
export async function* changes(
  root: string,
  watched: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<string[]> {
  let wake: () => void = () => undefined;
  // Events only say that there is something to look for: what they name differs between platforms.
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
    await woken;
    await delay(QUIET_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** @returns the time of the last change of each file, in ms */
async function timesOf(root: string, watched: readonly string[]): Promise<Map<string, number>> {
  const times = new Map<string, number>();
  for (const place of watched) {
    const entries = await readdir(path.join(root, place), { recursive: true }).catch(() => [""]);
    await Promise.all(
      entries.map(async (entry) => {
        const file = path.join(place, entry);
        // A file may be removed meanwhile.
        const facts = await stat(path.join(root, file)).catch(() => undefined);
        if (facts?.isFile()) times.set(file.split(path.sep).join("/"), facts.mtimeMs);
      }),
    );
  }
  return times;
}
