/**
 * Events through events-out, a store on this computer and events-in, in a real Node-RED: `event-path.ts <user
 * directory>`. The response to {events} has the processor time that they took, in milliseconds.
 */
import { writeFile } from "node:fs/promises";
import path from "node:path";
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
    initialize: `global.get("bridge").send = (count) => {
      const time = new Date().toISOString();
      const event = { source: "isapi", type: "motion", vendorType: "VMD", state: "pulse", id: "bench-" + count, time,
        receivedTime: time, device: { name: "Camera " + (count % 50), host: "192.0.2.7" }, channel: { id: "1" },
        targets: [{ label: "person", score: 0.87, box: { x: 0.1, y: 0.2, width: 0.3, height: 0.4 } }],
        images: [], details: { eventType: "VMD", activePostCount: "1" } };
      node.send({ topic: "isapi/bench", payload: event });
    };`,
    func: "",
  },
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
  await runNodeRed(userDir, 0, { functionGlobalContext: { bridge } });
})();
process.on("message", ({ events }: { events: number }) => {
  void started.then(() => pass(events)).then((response) => process.send?.(response));
});
