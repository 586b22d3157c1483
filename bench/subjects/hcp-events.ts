/**
 * A receiver of HikCentral's events: `hcp-events.ts <ours|bare> <gateway url> <app key> <app secret>`. Ours is the node in a
 * Node-RED runtime; bare is an HTTP server of Node.js that parses the posts.
 */
import { mkdtemp } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { deploy, linkPackage } from "../../tools/node-red";
import { runNodeRed } from "../support/node-red";

const [side, gateway = "", appKey = "", appSecret = ""] = process.argv.slice(2);
export type ReceiverRequest =
  | { do: "listen" }
  | { do: "start"; events: number }
  /** The number of different events to wait for. The wait also ends when no event arrives for a while. */
  | { do: "finish" };

export interface ReceiverResponse {
  /** The address for posts to the bare server. */
  url?: string;
  received: number;
  lost: number;
  doubled: number;
  /** Event-loop delay in milliseconds. */
  delay: { p99: number; max: number };
  /** Processor time in seconds. */
  cpu: number;
  /** Bytes */
  rss: number;
}

interface Posted {
  eventId: string;
}

/** The number of messages of each event, by the number in its id. */
let counts = new Uint8Array();
let received = 0;
const delay = monitorEventLoopDelay({ resolution: 1 });
let cpu = process.cpuUsage();

function take(id: string): void {
  const index = Number(id.slice(id.lastIndexOf("-") + 1));
  counts[index] = (counts[index] ?? 0) + 1;
  received += 1;
}

/** Starts Node-RED in this process, to measure its event loop. */
async function listenWithNode(): Promise<void> {
  const userDir = await mkdtemp(path.join(os.tmpdir(), "bench-events-"));
  await linkPackage(userDir);
  const url = await runNodeRed(userDir, 0, { functionGlobalContext: { take } });
  const flow = [
    { id: "tab", type: "tab" },
    {
      id: "server",
      type: "hcp-config",
      url: gateway,
      credentials: { appKey, appSecret },
    },
    {
      id: "node",
      z: "tab",
      type: "hcp-event-in",
      server: "server",
      eventTypes: ["131331"],
      callbackUrl: url,
      credentials: { token: "bench-token" },
      wires: [["sink"]],
    },
    {
      id: "sink",
      z: "tab",
      type: "function",
      func: 'global.get("take")(msg.payload.id);',
      outputs: 0,
      wires: [],
    },
  ];
  await deploy(url, flow);
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

async function listenBare(): Promise<string> {
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const message = JSON.parse(Buffer.concat(chunks).toString()) as { params: { events: Posted[] } };
      for (const { eventId } of message.params.events) take(eventId);
      response.end('{"code":"0","msg":"OK"}');
    });
  });
  return `http://127.0.0.1:${await listen(server)}/`;
}

async function finish(): Promise<void> {
  for (let before = -1; before !== received && received < counts.length;) {
    before = received;
    await new Promise((resolve) => setTimeout(resolve, 2000));
  }
  delay.disable();
}

async function handle(request: ReceiverRequest): Promise<ReceiverResponse> {
  let url: string | undefined;
  if (request.do === "listen") {
    if (side === "ours") await listenWithNode();
    else url = await listenBare();
  }
  if (request.do === "start") {
    counts = new Uint8Array(request.events);
    received = 0;
    cpu = process.cpuUsage();
    delay.reset();
    delay.enable();
  }
  if (request.do === "finish") await finish();
  const { user, system } = process.cpuUsage(cpu);
  return {
    ...(url !== undefined && { url }),
    received,
    lost: counts.filter((count) => count === 0).length,
    doubled: counts.filter((count) => count > 1).length,
    delay: { p99: delay.percentile(99) / 1e6, max: delay.max / 1e6 },
    cpu: (user + system) / 1e6,
    rss: process.memoryUsage.rss(),
  };
}

process.on("message", (request: ReceiverRequest) => {
  void handle(request).then((response) => {
    process.send?.(response);
  });
});
