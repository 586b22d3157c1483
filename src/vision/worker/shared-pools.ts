import { realpath, stat } from "node:fs/promises";
import { SurveillanceError, toError } from "../../core/errors";
import { foreignFormat } from "../onnx/foreign-format";
import { WorkerPool, type PoolSettings } from "./worker-pool";

/** The right to use a pool, until it is released. */
export interface PoolLease {
  pool: WorkerPool;
  /** The last user's release ends the workers. */
  release: () => Promise<void>;
}

const shared = new Map<string, { pool: WorkerPool; users: number }>();

/**
 * A pool for a model file: the one that is there for the same file and settings, else a new one. A file that was
 * replaced is another file, so a redeploy loads it.
 *
 * @throws {SurveillanceError} YOLO_MODEL_NOT_FOUND; YOLO_MODEL_INVALID for what is plainly made for another program
 */
export async function leasePool(file: string, settings: PoolSettings): Promise<PoolLease> {
  const { path, version } = await identify(file);
  const { provider, threads, workers, classes } = settings;
  const key = JSON.stringify([path, version, provider, threads, workers, classes]);
  const entry = shared.get(key) ?? { pool: new WorkerPool(path, settings), users: 0 };
  shared.set(key, entry);
  entry.users++;
  // A pool that failed is not shared any more: the next deploy may find the missing package.
  const forget = (): void => {
    if (shared.get(key) === entry) shared.delete(key);
  };
  entry.pool.ready.catch(forget);

  const release = async (): Promise<void> => {
    if (--entry.users > 0) return;
    forget();
    await entry.pool.close();
  };
  return { pool: entry.pool, release };
}

/** The file without links, and what changes when it is replaced. */
async function identify(file: string): Promise<{ path: string; version: string }> {
  // Also before it is there: the copying can be saved.
  const foreign = foreignFormat(file);
  if (foreign !== undefined) throw foreign;
  try {
    const path = await realpath(file);
    const info = await stat(path);
    if (!info.isFile()) throw new Error("it is not a file");
    return { path, version: `${info.mtimeMs} ${info.size}` };
  } catch (cause) {
    throw new SurveillanceError(
      "YOLO_MODEL_NOT_FOUND",
      `The model ${file} cannot be read: ${toError(cause).message}.`,
      {
        advice: "Give the path of an .onnx file; a relative one starts at the Node-RED user directory.",
        cause,
      },
    );
  }
}
