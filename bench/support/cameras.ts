import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { ViewtronCamera } from "../../test/servers/viewtron-camera";
import { linkPackage } from "../../tools/node-red";
import { Subject } from "./subject";

/** A subject with the port it takes posts on. */
export interface Webhook {
  subject: Subject;
  url: string;
  end: () => Promise<void>;
}

const script = path.resolve(__dirname, "../subjects/webhook.ts");

export async function baselineWebhook(): Promise<Webhook> {
  const port = await freePort();
  const subject = new Subject(script, ["baseline", String(port)]);
  await untilOpen(port);
  return { subject, url: `http://127.0.0.1:${port}/viewtron`, end: () => subject.end() };
}

/** Node-RED with a viewtron-webhook-in node on its HTTP server; with a folder, wired to an event-archive. */
export async function nodeRedWebhook(archiveFolder?: string): Promise<Webhook> {
  const port = await freePort();
  const userDir = await mkdtemp(path.join(os.tmpdir(), "bench-webhook-"));
  await linkPackage(userDir);
  const flow = [
    { id: "tab", type: "tab" },
    {
      id: "webhook",
      z: "tab",
      type: "viewtron-webhook-in",
      path: "/viewtron",
      wires: [archiveFolder === undefined ? [] : ["archive"]],
    },
    ...(archiveFolder === undefined
      ? []
      : [{ id: "archive", z: "tab", type: "event-archive", folder: archiveFolder, wires: [[]] }]),
  ];
  await writeFile(path.join(userDir, "flows.json"), JSON.stringify(flow));
  const subject = new Subject(script, ["ours", String(port), userDir]);
  await untilOpen(port);
  return {
    subject,
    url: `http://127.0.0.1:${port}/viewtron`,
    end: async () => {
      await subject.end();
      await rm(userDir, { recursive: true, force: true });
    },
  };
}

export interface LoadResult {
  perSecond: number;
  /** Milliseconds per post, from its first byte to its answer. */
  latencies: number[];
}

/** So many cameras at once, each posting as soon as its last post is answered, until all posts are delivered. */
export async function load(url: string, cameras: number, posts: number, body: Buffer): Promise<LoadResult> {
  const latencies: number[] = [];
  let left = posts;
  const started = performance.now();
  await Promise.all(
    Array.from({ length: cameras }, async () => {
      const camera = new ViewtronCamera({ url });
      while (left > 0) {
        left -= 1;
        const from = performance.now();
        await camera.deliver(body);
        latencies.push(performance.now() - from);
      }
      camera.close();
    }),
  );
  return { perSecond: (posts / (performance.now() - started)) * 1000, latencies };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function untilOpen(port: number): Promise<void> {
  for (const from = performance.now(); performance.now() - from < 120_000;) {
    const probe = new ViewtronCamera({ url: `http://127.0.0.1:${port}/viewtron` });
    // Node-RED's server is there before the flow is.
    const open = await probe.deliver("").then(
      () => true,
      () => false,
    );
    probe.close();
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`nothing answers on port ${port}`);
}
