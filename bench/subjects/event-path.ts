/**
 * Events through events-out, a store on this computer and events-in, in a real Node-RED: `event-path.ts <user
 * directory>`. The response to {events} has the processor time that they took, in milliseconds.
 */
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { sampleMessage } from "../scale/sample-message";
import { runNodeRed } from "../support/node-red";

const [userDir = ""] = process.argv.slice(2);
/** Messages between events-out and its store: a source sends the next one when the store has the last. */
const AT_ONCE = 20;

export interface EventPathResponse {
  cpuMs: number;
}

interface Bridge {
  send?: (count: number) => void;
  stored: () => void;
  handled: () => void;
}

const bridge: Bridge = { stored: () => undefined, handled: () => undefined };

const flow = [
  { id: "tab", type: "tab" },
  {
    ...{ id: "make", z: "tab", type: "function", wires: [["out"]] },
    initialize: `const { bridge } = global.get("bench");
      bridge.send = (count) => node.send(global.get("bench").sample(count));`,
    func: "",
  },
  { id: "out", z: "tab", type: "events-out", store: "here", folder: "events", wires: [["stored"]] },
  { id: "stored", z: "tab", type: "function", func: 'global.get("bench").bridge.stored();', wires: [[]] },
  {
    ...{ id: "in", z: "tab", type: "events-in", store: "here", folder: "events", consumer: "bench" },
    ...{ pending: 50, wires: [["handled"], []] },
  },
  {
    ...{ id: "handled", z: "tab", type: "function", wires: [["in"]] },
    func: 'global.get("bench").bridge.handled(); return msg;',
  },
];

async function pass(events: number): Promise<EventPathResponse> {
  const { send } = bridge;
  if (send === undefined) throw new Error("The flow has not started.");
  const before = process.cpuUsage();
  await new Promise<void>((resolve) => {
    let [sent, handled] = [0, 0];
    const next = (): void => {
      if (sent < events) send(sent++);
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
  await runNodeRed(userDir, 0, { functionGlobalContext: { bench: { bridge, sample: sampleMessage } } });
})();
process.on("message", ({ events }: { events: number }) => {
  void started.then(() => pass(events)).then((response) => process.send?.(response));
});
