import { realpath, stat } from "node:fs/promises";
import { SurveillanceError, toError } from "../../core/errors";
import type { DetectionServers, ModelSettings } from "../model-types";
import { foreignFormat } from "../onnx/foreign-format";
import { WorkerPool } from "./worker-pool";
import { launchServerWorker, launchWorker } from "./worker-process";

export interface PoolSettings extends ModelSettings {
  /** The number of images processed at the same time, each in a process with its own copy of the model. */
  workers: number;
}

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
export async function leasePool(file: string, { workers, ...settings }: PoolSettings): Promise<PoolLease> {
  const { path, version } = await identifyModel(file);
  const { provider, threads, classes } = settings;
  const key = JSON.stringify([path, version, provider, threads, workers, classes]);
  const taken = lease(
    key,
    () => new WorkerPool({ type: "load", file: path, settings }, workers, launchWorker),
  );
  // A failed pool is not shared again: the missing package may be installed before the next deploy.
  taken.pool.ready.catch(() => {
    forget(key, taken.pool);
  });
  return taken;
}

/**
 * Returns the pool of a model on inference servers: one process for all users with the same settings.
 *
 * @param classes the number of the user's labels: it can decide the family of the model, so it is one of the settings
 */
export function leaseServerPool(servers: DetectionServers, classes: number | undefined): PoolLease {
  return lease(
    JSON.stringify(["servers", servers, classes]),
    () => new WorkerPool({ type: "open", servers, classes }, 1, launchServerWorker),
  );
}

function lease(key: string, open: () => WorkerPool): PoolLease {
  const entry = shared.get(key) ?? { pool: open(), users: 0 };
  shared.set(key, entry);
  entry.users++;
  const release = async (): Promise<void> => {
    if (--entry.users > 0) return;
    forget(key, entry.pool);
    await entry.pool.close();
  };
  return { pool: entry.pool, release };
}

function forget(key: string, pool: WorkerPool): void {
  if (shared.get(key)?.pool === pool) shared.delete(key);
}

/**
 * Returns the path with links resolved, and a version that changes when the file is replaced.
 *
 * @throws {SurveillanceError} YOLO_MODEL_NOT_FOUND; YOLO_MODEL_INVALID for a file in another program's format
 */
export async function identifyModel(file: string): Promise<{ path: string; version: string }> {
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
