import path from "node:path";
import { systemClock, type Clock } from "../../core/clock";
import { SurveillanceError } from "../../core/errors";
import type { Source } from "../../events/source";
import type { EventStore } from "../store";
import { HereStore } from "./here-store";

/** Settings of the store on this computer. */
export interface HereStoreSettings {
  /** An absolute path. The database is in a folder of it that has the name of the stream. */
  folder: string;
  /** Letters, digits, `-` and `_`. */
  stream: string;
  /** The size of all messages at which further ones are refused. Undefined: that of the other users, or 1 GB. */
  maxBytes?: number | undefined;
  /** Undefined: that of the other users, or 120 s. */
  dedupWindowMs?: number | undefined;
  clock?: Clock;
}

const DEFAULT_MAX_BYTES = 1e9;
const DEFAULT_DEDUP_MS = 120_000;

const shared = new Map<string, { store: HereStore; users: number }>();
const closing = new Map<string, Promise<void>>();

/**
 * Returns the event store of a folder and stream. Users in this process share it; the last one that closes closes the
 * database. It opens in the background, and again after every failure.
 *
 * @throws {SurveillanceError} CONFIG_INVALID
 */
export function openHereStore(settings: HereStoreSettings): EventStore {
  const { folder, stream, maxBytes, dedupWindowMs, clock = systemClock } = settings;
  if (!/^[\w-]{1,100}$/.test(stream)) {
    throw new SurveillanceError("CONFIG_INVALID", `The stream ${stream} is not a valid name.`, {
      advice: "Use letters, digits, - and _.",
    });
  }
  const location = path.resolve(folder, stream);
  const entry = shared.get(location) ?? { store: open(location, stream, clock), users: 0 };
  shared.set(location, entry);
  entry.users += 1;
  const { limits } = entry.store;
  if (maxBytes !== undefined) limits.maxBytes = maxBytes;
  if (dedupWindowMs !== undefined) limits.dedupWindowMs = dedupWindowMs;
  return lease(entry.store, () => {
    entry.users -= 1;
    return entry.users === 0 ? release(location, entry.store) : Promise.resolve();
  });
}

function open(location: string, stream: string, clock: Clock): HereStore {
  const limits = { stream, maxBytes: DEFAULT_MAX_BYTES, dedupWindowMs: DEFAULT_DEDUP_MS };
  return new HereStore(location, limits, clock, closing.get(location) ?? Promise.resolve());
}

function release(location: string, store: HereStore): Promise<void> {
  shared.delete(location);
  const closed = store.close().finally(() => {
    if (closing.get(location) === closed) closing.delete(location);
  });
  closing.set(location, closed);
  return closed;
}

/** One user's view of a shared store. */
function lease(store: HereStore, release: () => Promise<void>): EventStore {
  const sources = new Set<Source>();
  let closed: Promise<void> | undefined;
  const assertOpen = (): void => {
    if (closed !== undefined) throw new SurveillanceError("CLOSED", "The event store was closed.");
  };
  const end = async (): Promise<void> => {
    await Promise.all(Array.from(sources, (source) => source.close()));
    await release();
  };
  return {
    async put(message) {
      assertOpen();
      return store.put(message);
    },
    consume(options, handler) {
      assertOpen();
      const source = store.consume(options, handler);
      sources.add(source);
      return source;
    },
    close: () => (closed ??= end()),
  };
}
