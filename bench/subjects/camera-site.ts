/**
 * Cameras, one shared detector and a rule for each camera, in a real Node-RED: `camera-site.ts <user directory> <flow as
 * JSON>`. The response to {seconds} has the number of images that reached the rules in that time.
 */
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { runNodeRed } from "../support/node-red";

const [userDir = "", flow = "[]"] = process.argv.slice(2);

let images = 0;
const countImage = (): void => {
  images += 1;
};

async function start(): Promise<void> {
  await writeFile(path.join(userDir, "flows.json"), flow);
  await runNodeRed(userDir, 0, { functionGlobalContext: { countImage } });
}

const started = start();
process.on("message", ({ seconds }: { seconds: number }) => {
  void started.then(async () => {
    images = 0;
    await delay(seconds * 1000);
    // Memory is compared without what the next collection frees.
    globalThis.gc?.();
    process.send?.({ images });
  });
});
