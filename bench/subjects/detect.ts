/**
 * One detection node in a real Node-RED runtime: `detect.ts <ours|peer> <node file> <model> <threads>`.
 * At the request {do: "run", …} it sends messages. The response has the results.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import type { Node, NodeInitializer, NodeMessage } from "node-red";
import helper from "node-red-node-test-helper";
import { processTree, residentBytes } from "../support/process-tree";

const [side, nodeFile = "", model = "", threads = "1"] = process.argv.slice(2);

export interface RunRequest {
  /** The path of an image file; raw RGB if there is a `frame`. */
  image: string;
  frame?: { width: number; height: number; channels: number; format: "rgb" };
  messages: number;
  /** The number of messages in the node at the same time. */
  inFlight: number;
}

export interface RunResponse {
  /** Time from input to output in milliseconds, by message. */
  times: number[];
  /** Event-loop delay of the run in milliseconds. */
  delay: { p99: number; max: number };
  /** Growth of the resident set to its peak in bytes, with child processes. */
  growth: number;
  objects: number;
}

let node: Node;
let sink: Node;

async function start(): Promise<void> {
  helper.init(createRequire(__filename).resolve("node-red"));
  const own = {
    model,
    threads,
    workers: "1",
    queue: "fifo",
    queueSize: "1000",
    confidence: "0.25",
    iou: "0.45",
  };
  const peer = { modelPath: model, topk: "100", iouThreshold: "0.45", confidenceThreshold: "0.25" };
  const flow = [
    { id: "sink", type: "helper" },
    {
      id: "node",
      wires: [["sink"]],
      ...(side === "ours" ? { type: "yolo-detect", ...own } : { type: "obj detection", ...peer }),
    },
  ];
  const loaded = createRequire(__filename)(nodeFile) as NodeInitializer;
  await helper.load(loaded, flow);
  node = helper.getNode("node");
  sink = helper.getNode("sink");
}

function run({ image, frame, messages, inFlight }: RunRequest): Promise<RunResponse> {
  const bytes = readFileSync(image);
  // Each message has its own bytes, like frames.
  const images = Array.from({ length: messages }, () => Buffer.from(bytes));
  const sentAt: number[] = [];
  const times: number[] = [];
  global.gc?.();
  // The child processes of the node count as well.
  const tree = processTree(process.pid);
  const before = residentBytes(tree);
  let peak = before;
  const sample = (): void => {
    peak = Math.max(peak, residentBytes(tree));
  };
  const sampling = setInterval(sample, 10);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  let objects = 0;

  return new Promise((resolve) => {
    const send = (): void => {
      const index = sentAt.length;
      sentAt.push(performance.now());
      node.receive({ payload: images[index], ...(frame && { frame: { ...frame } }) });
    };
    const onOutput = (msg: NodeMessage): void => {
      times.push(performance.now() - (sentAt[times.length] ?? 0));
      sample();
      const found = side === "ours" ? msg.payload : msg.annotations;
      objects = Math.max(objects, (found as unknown[]).length);
      if (sentAt.length < messages) send();
      if (times.length < messages) return;
      sink.removeListener("input", onOutput);
      // One more turn adds the delay of the last message to the histogram.
      setTimeout(() => {
        delay.disable();
        clearInterval(sampling);
        resolve({
          times,
          delay: { p99: delay.percentile(99) / 1e6, max: delay.max / 1e6 },
          growth: peak - before,
          objects,
        });
      }, 50);
    };
    sink.on("input", onOutput);
    for (let i = 0; i < Math.min(inFlight, messages); i += 1) send();
  });
}

const started = start();
process.on("message", (request: RunRequest) => {
  void started.then(() => run(request)).then((response) => process.send?.(response));
});
