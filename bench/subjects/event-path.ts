/**
 * Events through events-out, a store on this computer and events-in, in a real Node-RED: `event-path.ts <user
 * directory>`. The response to {events} has the processor time that they took, in milliseconds.
 */
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import * as runtime from "node-red";
import type { Node, NodeMessage } from "node-red";
import { sampleMessage } from "../scale/sample-message";
import { runNodeRed } from "../support/node-red";

const [userDir = ""] = process.argv.slice(2);
/** Messages between events-out and its store: a source sends the next one when the store has the last. */
const AT_ONCE = 20;

export interface EventPathResponse {
  cpuMs: number;
}

/** What the function nodes of the flow call. */
const bridge = { stored: (): void => undefined, handled: (): void => undefined };

const flow = [
  { id: "tab", type: "tab" },
  { id: "out", z: "tab", type: "events-out", store: "here", folder: "events", wires: [["stored"]] },
  { id: "stored", z: "tab", type: "function", func: 'global.get("bridge").stored();', wires: [[]] },
  {
    ...{ id: "in", z: "tab", type: "events-in", store: "here", folder: "events", consumer: "bench" },
    ...{ pending: 50, wires: [["handled"], []] },
  },
  {
    ...{ id: "handled", z: "tab", type: "function", wires: [["in"]] },
    func: 'global.get("bridge").handled(); return msg;',
  },
];

/** The types of Node-RED leave this out. */
const flows = runtime as unknown as { nodes: { getNode: (id: string) => Node | null } };

/** Waits until the flow has started, which Node-RED does not wait for. */
async function nodeOf(id: string): Promise<Node> {
  for (;;) {
    const node = flows.nodes.getNode(id);
    if (node !== null) return node;
    await delay(50);
  }
}

async function pass(events: number): Promise<EventPathResponse> {
  const out = await nodeOf("out");
  const before = process.cpuUsage();
  await new Promise<void>((resolve) => {
    let [sent, handled] = [0, 0];
    const next = (): void => {
      if (sent < events) out.receive(sampleMessage(sent++) as NodeMessage);
    };
    bridge.stored = next;
    bridge.handled = () => {
      handled += 1;
      if (handled === events) resolve();
    };
    for (let i = 0; i < AT_ONCE; i += 1) next();
  });
  const { user, system } = process.cpuUsage(before);
  return { cpuMs: (user + system) / 1000 };
}

const started = (async () => {
  await writeFile(path.join(userDir, "flows.json"), JSON.stringify(flow));
  await runNodeRed(userDir, 0, { functionGlobalContext: { bridge } });
})();
process.on("message", ({ events }: { events: number }) => {
  void started.then(() => pass(events)).then((response) => process.send?.(response));
});
