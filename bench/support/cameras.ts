import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { ViewtronCamera } from "../../test/servers/viewtron-camera";
import { freePort, linkPackage } from "../../tools/node-red";
import { Subject } from "./subject";

/** A subject that receives posts at a URL. */
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

/** Starts Node-RED with a viewtron-webhook-in node. @param archiveFolder wires the node to an event-archive */
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
  /** Time from the first byte of a post to its response, in milliseconds, by post. */
  latencies: number[];
}

/** Lets cameras post at the same time, each after the response to its last post, until all posts are delivered. */
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

async function untilOpen(port: number): Promise<void> {
  for (const from = performance.now(); performance.now() - from < 120_000;) {
    const probe = new ViewtronCamera({ url: `http://127.0.0.1:${port}/viewtron` });
    // Node-RED's server starts before the flow.
    const open = await probe.deliver("").then(
      () => true,
      () => false,
    );
    probe.close();
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`There is no response on port ${port}.`);
}
