import { SurveillanceError } from "../../core/errors";
import { forkQuietly } from "../../core/child-process";
import type { DetectionServers } from "../model-types";
import type { ServerTest } from "../remote/test-servers";
import { inferenceServerDefaults } from "../servers/types";

/** The time for the start of the process, and for the images that it prepares. Milliseconds. */
const START_MS = 20_000;

/**
 * Tests each server of a group in a process of its own, because an image takes time to prepare.
 *
 * @throws {SurveillanceError} CONFIG_INVALID, TIMEOUT, YOLO_WORKER_DIED
 */
export async function testServers(servers: DetectionServers): Promise<ServerTest[]> {
  const child = forkQuietly(require.resolve("./server-test-worker"), { serialization: "advanced" });
  const { timeout = inferenceServerDefaults.timeout } = servers;
  let deadline: NodeJS.Timeout | undefined;
  try {
    return await new Promise<ServerTest[]>((resolve, reject) => {
      deadline = setTimeout(
        () => {
          reject(new SurveillanceError("TIMEOUT", "The test of the servers took too long."));
        },
        START_MS + 4000 * timeout,
      );
      child.once("message", (results) => {
        resolve(results as ServerTest[]);
      });
      child.once("error", reject);
      child.once("exit", () => {
        reject(new SurveillanceError("YOLO_WORKER_DIED", "The process that tests the servers ended."));
      });
      child.send(servers);
    });
  } finally {
    clearTimeout(deadline);
    child.kill("SIGKILL");
  }
}
