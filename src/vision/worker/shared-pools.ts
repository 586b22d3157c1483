import { realpath, stat } from "node:fs/promises";
import { SurveillanceError, toError } from "../../core/errors";
import { foreignFormat } from "../onnx/foreign-format";
import { WorkerPool, type PoolSettings } from "./worker-pool";

/** The use of a pool, until it is released. */
export interface PoolLease {
  pool: WorkerPool;
  /** Ends the use. The last release ends the workers. */
  release: () => Promise<void>;
}

const shared = new Map<string, { pool: WorkerPool; users: number }>();

/**
 * Returns the pool of a model file: the existing one for the same file and settings, or a new one. A replaced file
 * counts as a different file, so a redeploy loads it.
 *
 * @throws {SurveillanceError} YOLO_MODEL_NOT_FOUND; YOLO_MODEL_INVALID for a file in another program's format
 */
export async function leasePool(file: string, settings: PoolSettings): Promise<PoolLease> {
  const { path, version } = await identify(file);
  const { provider, threads, workers, classes } = settings;
  const key = JSON.stringify([path, version, provider, threads, workers, classes]);
  const entry = shared.get(key) ?? { pool: new WorkerPool(path, settings), users: 0 };
  shared.set(key, entry);
  entry.users++;
  // A failed pool is not shared again: the missing package may be installed before the next deploy.
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

/** Returns the path with links resolved, and a version that changes when the file is replaced. */
async function identify(file: string): Promise<{ path: string; version: string }> {
  // Checked first, so that the user need not copy an unusable file to the machine.
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
        advice: "Enter the path of an .onnx file. A relative path starts at the Node-RED user directory.",
        cause,
      },
    );
  }
}
