/**
 * isapi-alertstream-in nodes in a real Node-RED runtime, one per device: `alert-stream.ts <url> …`. The request
 * {do: "start"} starts to count, and the response to {do: "report"} has the results.
 */
import { createRequire } from "node:module";
import path from "node:path";
import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import type { NodeInitializer } from "node-red";
import helper from "node-red-node-test-helper";

export interface AlertReport {
  messages: number;
  /** Time from the last byte of an alert to the message in milliseconds, by alert with a time. */
  times: number[];
  /** The time of the last message, in epoch milliseconds. */
  lastAt: number;
  /** Event-loop delay in milliseconds. */
  delayP99: number;
  /** Share of one core. */
  cpu: number;
  /** Resident set per device in bytes, without that of the runtime. */
  rssPerDevice: number;
}

const urls = process.argv.slice(2);
const load = createRequire(__filename);
const nodeFile = (type: string): NodeInitializer =>
  load(path.resolve(__dirname, "../../dist/nodes", `${type}.js`)) as NodeInitializer;
const now = (): number => performance.timeOrigin + performance.now();

let messages = 0;
let times: number[] = [];
let lastAt = 0;
let startedAt = 0;
let cpu = process.cpuUsage();
let rssBefore = 0;
const delay = monitorEventLoopDelay({ resolution: 5 });

function count(message: { payload: { details: { sentAt?: string } } }): void {
  messages += 1;
  lastAt = now();
  const { sentAt } = message.payload.details;
  if (sentAt !== undefined) times.push(lastAt - Number(sentAt));
}

async function start(): Promise<void> {
  helper.init(load.resolve("node-red"));
  const initializers = [nodeFile("isapi-config"), nodeFile("isapi-alertstream-in")];
  const flow = urls.flatMap((url, index) => [
    { id: `dev${index}`, type: "isapi-config", url },
    { id: `in${index}`, type: "isapi-alertstream-in", device: `dev${index}`, updates: true, wires: [[]] },
  ]);
  const credentials = Object.fromEntries(
    urls.map((_, index) => [`dev${index}`, { username: "flow", password: "s3cret:pass" }]),
  );
  await helper.load(initializers, [] as never);
  await helper.unload();
  global.gc?.();
  rssBefore = process.memoryUsage.rss();
  await helper.load(initializers, flow, credentials);
  // At the output of the node: from there on, the runtime is the same for every package.
  urls.forEach((_, index) => {
    (helper.getNode(`in${index}`) as unknown as { send: typeof count }).send = count;
  });
}

process.on("message", (request: { do: "start" | "report"; collect?: boolean }) => {
  if (request.do === "start") {
    messages = 0;
    times = [];
    startedAt = now();
    cpu = process.cpuUsage();
    delay.reset();
    delay.enable();
    process.send?.("started");
    return;
  }
  const used = process.cpuUsage(cpu);
  const seconds = (now() - startedAt) / 1000;
  if (request.collect === true) global.gc?.();
  const report: AlertReport = {
    messages,
    times,
    lastAt,
    delayP99: delay.percentile(99) / 1e6,
    cpu: (used.user + used.system) / 1e6 / seconds,
    rssPerDevice: (process.memoryUsage.rss() - rssBefore) / urls.length,
  };
  process.send?.(report);
});

void start();
