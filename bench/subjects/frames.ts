/**
 * rtsp-frames in a real Node-RED runtime: `frames.ts <node file> <config as JSON>`. The response to
 * {seconds} has the number in each frame of that time, and the time of its message.
 */
import { createRequire } from "node:module";
import { setTimeout as delay } from "node:timers/promises";
import type { NodeInitializer } from "node-red";
import helper from "node-red-node-test-helper";
import { readNumber } from "../../test/support/clips";
import type { FrameInfo } from "../../src/media/frame";

const [nodeFile = "", config = "{}"] = process.argv.slice(2);

export interface Arrival {
  /** The number in the frame; undefined for encoded frames. */
  number?: number;
  /** Epoch milliseconds with fractions */
  time: number;
  /** `msg.frame.time`, epoch milliseconds */
  captured: number;
}

let arrivals: Arrival[] = [];

async function start(): Promise<void> {
  helper.init(createRequire(__filename).resolve("node-red"));
  const flow = [
    { id: "sink", type: "helper" },
    { id: "node", type: "rtsp-frames", wires: [["sink"]], ...(JSON.parse(config) as object) },
  ];
  await helper.load(createRequire(__filename)(nodeFile) as NodeInitializer, flow);
  const sink = helper.getNode("sink");
  sink.on("input", (msg) => {
    const time = performance.timeOrigin + performance.now();
    const frame = msg.frame as FrameInfo;
    const captured = Date.parse(frame.time);
    const number = frame.format === "rgb" ? readNumber(msg.payload as Buffer, frame.width) : undefined;
    arrivals.push({ time, captured, ...(number !== undefined && { number }) });
  });
}

async function collect(seconds: number): Promise<Arrival[]> {
  arrivals = [];
  await delay(seconds * 1000);
  return arrivals;
}

const started = start();
process.on("message", ({ seconds }: { seconds: number }) => {
  void started.then(() => collect(seconds)).then((arrivals) => process.send?.({ arrivals }));
});
