import { open, mkdir, readFile, rm, stat, type FileHandle } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { Serial } from "../core/serial";
import { isRunning, ownIdentity, type ProcessIdentity } from "./process-identity";

export interface LockTimes {
  /** Time between two heartbeats. Default 2000. */
  beatMs?: number;
  /** Longest wait for a heartbeat if the system cannot report whether the process runs. Default 7000. */
  watchMs?: number;
}

/** The holder of a lock; empty if its file does not name one. */
export type LockHolder = Partial<ProcessIdentity & { host: string }>;

/** Bytes of the lock file. The size is constant, so that a heartbeat needs no space on a full disk. */
const SIZE = 512;

/**
 * A file that names the process that uses a folder. The file survives its process; another process then takes it over.
 * The system reports whether the process still runs. It cannot do so for another container or another machine on a
 * network drive: there, a process runs if it writes heartbeats into the file. Clocks of two machines are never
 * compared.
 */
export class FolderLock {
  readonly #file: string;
  readonly #times: Required<LockTimes>;
  #handle: FileHandle | undefined;
  #beating: NodeJS.Timeout | undefined;
  readonly #writes = new Serial();
  #beat = 0;

  constructor(file: string, { beatMs = 2000, watchMs = 7000 }: LockTimes = {}) {
    this.#file = file;
    this.#times = { beatMs, watchMs };
  }

  /**
   * Acquires the lock, unless this object holds it already. Creates the folder.
   *
   * @returns undefined, or the other holder
   * @throws {Error} of the file system; AbortError
   */
  async acquire(signal?: AbortSignal): Promise<LockHolder | undefined> {
    if (await this.isHeld()) return undefined;
    await this.release();
    await mkdir(path.dirname(this.#file), { recursive: true });
    for (;;) {
      const handle = await open(this.#file, "wx+").catch(unless("EEXIST"));
      if (handle !== undefined) {
        await this.#begin(handle);
        return undefined;
      }
      const found = await this.#read();
      if (found === undefined) continue;
      if (!(await this.#isLeftBehind(found, signal))) return holderIn(found);
      // Another process may have replaced the file meanwhile.
      if ((await this.#read()) === found) await rm(this.#file, { force: true });
    }
  }

  /** Tells whether this object still holds the lock. A user may delete it, and another process may take it over. */
  async isHeld(): Promise<boolean> {
    if (this.#handle === undefined) return false;
    const [own, there] = await Promise.all([
      // A network drive that was disconnected may have closed the open file.
      this.#handle.stat({ bigint: true }).catch(ignore),
      stat(this.#file, { bigint: true }).catch(unless("ENOENT")),
    ]);
    return own !== undefined && there?.ino === own.ino && there.dev === own.dev;
  }

  /** Releases the lock. Never fails: on a disconnected drive, the file remains, without heartbeats. */
  async release(): Promise<void> {
    clearInterval(this.#beating);
    await this.#writes.settled();
    const isOwn = await this.isHeld().catch(ignore);
    await this.#handle?.close().catch(ignore);
    this.#handle = undefined;
    if (isOwn === true) await rm(this.#file, { force: true }).catch(ignore);
  }

  async #begin(handle: FileHandle): Promise<void> {
    this.#handle = handle;
    const own: LockHolder = { ...(await ownIdentity()), host: hostname() };
    const beat = (): void => {
      this.#beat += 1;
      const text = JSON.stringify({ ...own, beat: this.#beat }).padEnd(SIZE);
      // A failed heartbeat does not matter, because the next one follows.
      this.#writes.run(() => handle.write(text, 0)).catch(ignore);
    };
    beat();
    await this.#writes.settled();
    this.#beating = setInterval(beat, this.#times.beatMs).unref();
  }

  /** @param found the text of the file */
  async #isLeftBehind(found: string, signal: AbortSignal | undefined): Promise<boolean> {
    const { pid, ...known } = holderIn(found);
    const running = pid === undefined ? undefined : await isRunning({ pid, ...known });
    // A file of this process may remain because it could not be deleted on release.
    if (running !== undefined && !(running && pid === process.pid)) return !running;
    const { beatMs, watchMs } = this.#times;
    for (let waited = 0; waited < watchMs; waited += beatMs / 2) {
      await wait(beatMs / 2, undefined, { ...(signal && { signal }) });
      const now = await this.#read();
      if (now !== found) return now === undefined;
    }
    return true;
  }

  #read(): Promise<string | undefined> {
    return readFile(this.#file, "utf8").catch(unless("ENOENT"));
  }
}

function holderIn(text: string): LockHolder {
  try {
    return (JSON.parse(text) as LockHolder | null) ?? {};
  } catch {
    // The file is still empty, or the disk is full.
    return {};
  }
}

/** Ignores an error. */
function ignore(): undefined {
  return undefined;
}

/** Returns an error handler that returns undefined for one code and throws every other error. */
function unless(code: string): (thrown: unknown) => undefined {
  return (thrown) => {
    if ((thrown as NodeJS.ErrnoException).code === code) return undefined;
    throw thrown;
  };
}
