/**
 * Yolo-detect nodes in a real Node-RED runtime with several cameras before them: `detect-cameras.ts <nodes> <cameras>
 * <model> <threads>`. At the request {do: "run", …} every camera sends images. The response has the results.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import type { NodeInitializer, NodeMessage } from "node-red";
import helper from "node-red-node-test-helper";

const [nodes = "1", cameras = "1", model = "", threads = "1"] = process.argv.slice(2);

export interface CamerasRequest {
  /** Raw RGB. */
  image: string;
  width: number;
  height: number;
  /** Frames per second of each camera. */
  fps: number;
  seconds: number;
}

export interface CamerasResponse {
  /** Processed images per second, by camera. */
  rates: number[];
  /** Event-loop delay in milliseconds. */
  delayP99: number;
}

const looked = new Map<string, number>();

async function start(): Promise<void> {
  helper.init(createRequire(__filename).resolve("node-red"));
  const file = path.resolve(__dirname, "../../dist/nodes/yolo-detect.js");
  const flow = [
    { id: "sink", type: "helper" },
    ...Array.from({ length: Number(nodes) }, (_, index) => {
      return { id: `node${index}`, type: "yolo-detect", model, threads, wires: [["sink"]] };
    }),
  ];
  await helper.load(createRequire(__filename)(file) as NodeInitializer, flow);
  helper.getNode("sink").on("input", (msg: NodeMessage & { frame?: { camera: string } }) => {
    const name = msg.frame?.camera ?? "";
    looked.set(name, (looked.get(name) ?? 0) + 1);
  });
}

async function run({ image, width, height, fps, seconds }: CamerasRequest): Promise<CamerasResponse> {
  const data = readFileSync(image);
  looked.clear();
  const histogram = monitorEventLoopDelay({ resolution: 1 });
  histogram.enable();
  await Promise.all(
    Array.from({ length: Number(cameras) }, async (_, camera) => {
      // Cameras do not send at the same time.
      await delay((camera * 1000) / fps / Number(cameras));
      for (let index = 0; index < seconds * fps; index += 1) {
        const frame = { index, width, height, channels: 3, format: "rgb", camera: `camera ${camera}` };
        helper.getNode(`node${camera % Number(nodes)}`).receive({ payload: Buffer.from(data), frame });
        await delay(1000 / fps);
      }
    }),
  );
  histogram.disable();
  return {
    rates: Array.from({ length: Number(cameras) }, (_, i) => (looked.get(`camera ${i}`) ?? 0) / seconds),
    delayP99: histogram.percentile(99) / 1e6,
  };
}

const started = start();
process.on("message", (request: CamerasRequest) => {
  void started.then(() => run(request)).then((response) => process.send?.(response));
});
