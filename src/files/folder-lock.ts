import { open, mkdir, readFile, rm, stat, type FileHandle } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { Serial } from "../core/serial";
import { isRunning, ownIdentity, type ProcessIdentity } from "./process-identity";

export interface LockTimes {
  /** Time between two signs of life. Default 2000. */
  beatMs?: number;
  /** How long to wait for a sign of life where the system cannot tell whether the process runs. Default 7000. */
  watchMs?: number;
}

/** The holder of a lock; empty where its file does not tell. */
export type LockHolder = Partial<ProcessIdentity & { host: string }>;

/** The file keeps its size, so that a sign of life needs no room on a full disk. */
const SIZE = 512;

/**
 * A file that says which process works in a folder. The file survives its process; another process then takes it over.
 * The system tells whether the process still runs. Where it cannot tell (another container, another machine on a network
 * drive), the file does: its holder writes a sign of life into it. The clocks of two machines are never compared.
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
   * Takes the lock, unless it is held already. Makes the folder.
   *
   * @returns undefined, or the holder
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
      // Unless another process was quicker and has written its own.
      if ((await this.#read()) === found) await rm(this.#file, { force: true });
    }
  }

  /** Whether the file is still the one that was made: it may be deleted with its folder, or taken over after a freeze. */
  async isHeld(): Promise<boolean> {
    if (this.#handle === undefined) return false;
    const [own, there] = await Promise.all([
      // A network drive that was away may have given up the open file.
      this.#handle.stat({ bigint: true }).catch(ignore),
      stat(this.#file, { bigint: true }).catch(unless("ENOENT")),
    ]);
    return own !== undefined && there?.ino === own.ino && there.dev === own.dev;
  }

  /** Never fails: on a drive that is away, the file stays behind without signs of life. */
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
    const sign = (): void => {
      this.#beat += 1;
      const text = JSON.stringify({ ...own, beat: this.#beat }).padEnd(SIZE);
      // A sign that cannot be written is only missing: the next one comes.
      this.#writes.run(() => handle.write(text, 0)).catch(ignore);
    };
    sign();
    await this.#writes.settled();
    this.#beating = setInterval(sign, this.#times.beatMs).unref();
  }

  /** @param found the text of the file */
  async #isLeftBehind(found: string, signal: AbortSignal | undefined): Promise<boolean> {
    const { pid, ...known } = holderIn(found);
    const running = pid === undefined ? undefined : await isRunning({ pid, ...known });
    // A file of this very process may be left because it could not be deleted on release.
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
    // The file is new and not written yet, or the disk is full.
    return {};
  }
}

function ignore(): undefined {
  // Nothing depends on it.
}

/** @returns a handler that returns undefined for one error code and throws every other error */
function unless(code: string): (thrown: unknown) => undefined {
  return (thrown) => {
    if ((thrown as NodeJS.ErrnoException).code === code) return undefined;
    throw thrown;
  };
}
