import { mkdir } from "node:fs/promises";
import type * as classicLevel from "classic-level";
import { SurveillanceError, toError } from "../../core/errors";

type Level = classicLevel.ClassicLevel<Buffer, Buffer>;

/** One change of the database. */
export type Change = { type: "put"; key: Buffer; value: Buffer } | { type: "del"; key: Buffer };

/** The log is written to a table when it is this long: with pictures, often enough at 8 MB. */
const WRITE_BUFFER = 8 * 1024 * 1024;
const SCAN = 512;

/** An open LevelDB database. Its changes survive the end of the process at any moment. */
export class Database {
  readonly #level: Level;
  /** Whether the library had to repair the database: the messages of damaged blocks are gone. */
  readonly repaired: boolean;
  readonly #folder: string;

  private constructor(level: Level, folder: string, repaired: boolean) {
    this.#level = level;
    this.#folder = folder;
    this.repaired = repaired;
  }

  /**
   * Opens a database, and creates its folder. LevelDB locks the folder by the system's file locks, which end with the
   * process and hold between the containers of one computer.
   *
   * @throws {SurveillanceError} DEPENDENCY_MISSING, STORE_IN_USE, STORE_DISK_FULL, STORE_FAILED
   */
  static async open(folder: string): Promise<Database> {
    const { ClassicLevel } = await loadLibrary();
    try {
      await mkdir(folder, { recursive: true });
      const options = {
        keyEncoding: "buffer",
        valueEncoding: "buffer",
        writeBufferSize: WRITE_BUFFER,
      } as const;
      const make = (): Level => new ClassicLevel<Buffer, Buffer>(folder, options);
      let level = make();
      try {
        await level.open();
      } catch (thrown) {
        if (codeOf(thrown) !== "LEVEL_CORRUPTION") throw thrown;
        // Only a power cut or a broken disk damages the files.
        await ClassicLevel.repair(folder);
        level = make();
        await level.open();
        return new Database(level, folder, true);
      }
      return new Database(level, folder, false);
    } catch (thrown) {
      throw storeError(folder, thrown);
    }
  }

  /**
   * Applies all changes or none.
   *
   * @param toDisk whether the changes survive a power cut too
   * @throws {SurveillanceError} STORE_DISK_FULL, STORE_FAILED: close the database, its log may be damaged
   */
  async apply(changes: Change[], toDisk: boolean): Promise<void> {
    await this.#level.batch(changes, { sync: toDisk }).catch(this.#fail);
  }

  /** Returns the value of a key. */
  async get(key: Buffer): Promise<Buffer | undefined> {
    return this.#level.get(key).catch(this.#fail);
  }

  /** Returns the first entries of a range, in order. */
  async entries(gte: Buffer, lt: Buffer, limit: number): Promise<[Buffer, Buffer][]> {
    return this.#level.iterator({ gte, lt, limit }).all().catch(this.#fail);
  }

  /** Reads all entries of a range, in order, without blocking. */
  async *scan(gte: Buffer, lt: Buffer): AsyncGenerator<[Buffer, Buffer]> {
    let from = gte;
    for (;;) {
      const entries = await this.entries(from, lt, SCAN);
      yield* entries;
      const last = entries.at(-1);
      if (last === undefined || entries.length < SCAN) return;
      from = Buffer.concat([last[0], Buffer.alloc(1)]);
    }
  }

  /** Returns the space of deleted entries to the disk. */
  async compact(): Promise<void> {
    await this.#level.compactRange(Buffer.from("a"), Buffer.from("z")).catch(this.#fail);
  }

  /** Closes the database. Never fails. */
  async close(): Promise<void> {
    await this.#level.close().catch(() => undefined);
  }

  readonly #fail = (thrown: unknown): never => {
    throw storeError(this.#folder, thrown);
  };
}

async function loadLibrary(): Promise<typeof classicLevel> {
  try {
    return await import("classic-level");
  } catch (cause) {
    throw new SurveillanceError(
      "DEPENDENCY_MISSING",
      "The package classic-level, which stores events on this computer, is missing.",
      {
        cause,
        advice:
          'Run "npm install classic-level" in the Node-RED user directory, or store events with NATS JetStream.',
      },
    );
  }
}

/** LevelDB's code: the library wraps errors that occur on opening. */
function codeOf(thrown: unknown): unknown {
  const { code, cause } = thrown as { code?: unknown; cause?: unknown };
  return code === "LEVEL_DATABASE_NOT_OPEN" && cause !== undefined ? codeOf(cause) : code;
}

/** Finds the innermost message, which names the file and the reason. */
function reasonOf(thrown: unknown): string {
  const { cause } = thrown as { cause?: unknown };
  return cause instanceof Error ? reasonOf(cause) : toError(thrown).message;
}

/** Converts an error of the library or the file system. */
export function storeError(folder: string, cause: unknown): SurveillanceError {
  if (cause instanceof SurveillanceError) return cause;
  const reason = reasonOf(cause);
  const code = codeOf(cause);
  if (code === "LEVEL_LOCKED") {
    return new SurveillanceError("STORE_IN_USE", `Another process uses the event store in ${folder}.`, {
      cause,
      advice: "Give each Node-RED a folder of its own, or store the events of several with NATS JetStream.",
    });
  }
  if (code === "ENOSPC" || /no space left|disk quota|not enough space/i.test(reason)) {
    return new SurveillanceError("STORE_DISK_FULL", `The disk of the event store in ${folder} is full.`, {
      cause,
      advice: "Free disk space. The store then works again by itself.",
    });
  }
  const advice =
    code === "LEVEL_CORRUPTION"
      ? "The database is damaged, and repairing it failed. Move the folder away: the store begins empty."
      : "Check the disk, and that Node-RED may write to the folder.";
  return new SurveillanceError("STORE_FAILED", `The event store in ${folder} failed: ${reason}.`, {
    cause,
    advice,
  });
}
