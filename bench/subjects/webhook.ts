/**
 * A receiver of posts of cameras: `webhook.ts <ours|baseline> <port> [user directory]`. Ours is a real Node-RED with the
 * flow in its user directory. The baseline only reads and parses the posts.
 */
import { createServer, type Server } from "node:http";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { XMLParser } from "fast-xml-parser";
import { runNodeRed } from "../support/node-red";

const [side, port = "0", userDir = ""] = process.argv.slice(2);

export interface WebhookRequest {
  do: "begin" | "end" | "memory";
}

export interface WebhookMeasures {
  /** Event-loop delay since `begin`, in milliseconds. */
  delay: { p99: number; max: number };
  /** Resident set in bytes; for `memory`, after a garbage collection. */
  rss: number;
  /** Processor time of all threads since the start of the process, in milliseconds. */
  cpu: number;
}

/** Reads a body, parses it with fast-xml-parser and responds. */
function baseline(): Server {
  const parser = new XMLParser({ ignoreAttributes: false, parseTagValue: false });
  const success =
    '<?xml version="1.0" encoding="UTF-8"?><config version="1.0" xmlns="http://www.ipc.com/ver10"><status>success</status></config>';
  return createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      parser.parse(Buffer.concat(chunks).toString());
      response.writeHead(200, { "Content-Type": "application/xml", "Content-Length": success.length });
      response.end(success);
    });
  });
}

async function start(): Promise<void> {
  if (side === "baseline") {
    await new Promise<void>((resolve) => baseline().listen(Number(port), "127.0.0.1", resolve));
    return;
  }
  await runNodeRed(userDir, Number(port), { disableEditor: true });
}

const delay = monitorEventLoopDelay({ resolution: 1 });
const started = start();
process.on("message", ({ do: what }: WebhookRequest) => {
  void started.then(() => {
    // Not during the measurement: V8 is slower after a full collection.
    if (what === "memory") global.gc?.();
    if (what === "begin") {
      delay.reset();
      delay.enable();
    } else {
      delay.disable();
    }
    const { user, system } = process.cpuUsage();
    const measures: WebhookMeasures = {
      delay: { p99: delay.percentile(99) / 1e6, max: delay.max / 1e6 },
      rss: process.memoryUsage.rss(),
      cpu: (user + system) / 1000,
    };
    process.send?.(measures);
  });
});
