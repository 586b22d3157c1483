/** What the event store of this computer costs for each event: stored, delivered and acknowledged. */
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { ClassicLevel } from "classic-level";
import { decodeMessage, encodeMessage } from "../src/store/envelope";
import { openHereStore } from "../src/store/here";
import { DeliveryWindow } from "../src/store/delivery-window";
import { identityOf } from "../src/store/identity";
import { subjectOf } from "../src/store/subject";
import { archivedEvent, image } from "../test/src/archive/archived-event";
import { median, percentile, printTable, type Row } from "./support/table";

const CAMERAS = 16;
const ROUNDS = 3;
const MAX_CPU_MS = 1;

interface Cost {
  cpu: number;
  latencies: number[];
}

interface Load {
  name: string;
  events: number;
  /** Bytes of its image; 0: none */
  imageBytes: number;
  bound?: number;
}

/** Returns an event that differs from all others. */
function messageOf(load: Load, camera: number, number: number): object {
  const event = archivedEvent({
    id: `${camera}-${number}`,
    channel: { id: String(camera) },
    images: load.imageBytes === 0 ? [] : [image(load.imageBytes)],
  });
  return { _msgid: `${number}`, topic: "isapi/Gate/1/motion", payload: event };
}

/** Lets all cameras send, each its next event when the last is stored. Returns what one event costs. */
async function measure(
  load: Load,
  store: (msg: object) => Promise<void>,
  end: () => Promise<void>,
): Promise<Cost> {
  const latencies: number[] = [];
  const before = process.cpuUsage();
  let left = load.events;
  await Promise.all(
    Array.from({ length: CAMERAS }, async (_, camera) => {
      while (left > 0) {
        left -= 1;
        const sent = performance.now();
        await store(messageOf(load, camera, left));
        latencies.push(performance.now() - sent);
      }
    }),
  );
  await end();
  const { user, system } = process.cpuUsage(before);
  return { cpu: (user + system) / 1000 / load.events, latencies };
}

/** The package: stored, delivered through the window, acknowledged. */
async function ours(load: Load, folder: string): Promise<Cost> {
  const store = openHereStore({ folder, stream: "bench" });
  let acknowledged = 0;
  let finish = (): void => undefined;
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const window: DeliveryWindow = new DeliveryWindow(
    store,
    { consumer: "bench", pending: 10, ackWaitMs: 30_000, maxDeliver: 10 },
    {
      event: async ({ sequence }) => {
        await window.acknowledge(sequence);
        acknowledged += 1;
        if (acknowledged === load.events) finish();
      },
      state: () => undefined,
      failure: (error) => {
        throw error;
      },
      warning: () => undefined,
    },
  );
  const put = async (msg: object): Promise<void> => {
    const subject = subjectOf(msg);
    const identity = identityOf(msg, subject);
    await store.put({ subject, identity, bytes: encodeMessage(msg, identity) });
  };
  const cost = await measure(load, put, () => finished);
  await window.close();
  await store.close();
  return cost;
}

/** The library alone: put, get and delete of the same bytes, with the same flush to the disk. */
async function bare(load: Load, folder: string): Promise<Cost> {
  const level = new ClassicLevel<string, Uint8Array>(folder, { valueEncoding: "view" });
  await level.open();
  const put = async (msg: object): Promise<void> => {
    const { id } = (msg as { payload: { id: string } }).payload;
    await level.put(id, encodeMessage(msg), { sync: true });
    decodeMessage((await level.get(id)) ?? Buffer.alloc(0), []);
    await level.del(id);
  };
  const cost = await measure(load, put, () => Promise.resolve());
  await level.close();
  return cost;
}

async function compare(load: Load, folder: string): Promise<Row[]> {
  const [own, alone]: [Cost[], Cost[]] = [[], []];
  // The sides take turns, so that other programs on the machine slow down both.
  for (let round = 0; round <= ROUNDS; round += 1) {
    const [store, library] = [path.join(folder, `o${round}`), path.join(folder, `b${round}`)];
    const costs = { own: await ours(load, store), alone: await bare(load, library) };
    // The first round warms up.
    if (round === 0) continue;
    own.push(costs.own);
    alone.push(costs.alone);
  }
  const cpu = median(own.map((cost) => cost.cpu));
  const cpuAlone = median(alone.map((cost) => cost.cpu));
  const all = own.flatMap(({ latencies }) => latencies);
  const allAlone = alone.flatMap(({ latencies }) => latencies);
  const time = (what: string, of: (values: number[]) => number): Row => ({
    what: `${load.name}: ${what}`,
    ours: of(all).toFixed(2),
    against: `${of(allAlone).toFixed(2)} (with reading and deleting)`,
  });
  return [
    {
      what: `${load.name}: CPU to store, deliver and acknowledge, ms`,
      ours: cpu.toFixed(3),
      against: `${cpuAlone.toFixed(3)} (classic-level alone)`,
      ratio: cpu / cpuAlone,
      ...(load.bound !== undefined && { bound: `≤ ${load.bound} ms`, kept: cpu <= load.bound }),
    },
    time("until stored, median, ms", median),
    time("the same, 99th percentile, ms", (values) => percentile(values, 99)),
  ];
}

async function main(): Promise<boolean> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "bench-store-"));
  try {
    return printTable(`event store of this computer, ${CAMERAS} cameras`, [
      ...(await compare({ name: "no picture", events: 4000, imageBytes: 0, bound: MAX_CPU_MS }, folder)),
      ...(await compare({ name: "200 kB picture", events: 400, imageBytes: 200_000 }, folder)),
    ]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

void main().then((kept) => {
  if (!kept) process.exitCode = 1;
});
