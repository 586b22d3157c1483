/** Cameras → Node-RED → a store → Node-RED → a file: what arrived, in which order, and how often. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { seededRandom } from "../seeded-random";
import { killOnce, type Killable } from "./killable";
import { plateOf, postAll } from "./senders";

/** A store, as the settings of events-out and events-in name it. */
export type StoreSettings = { store: "here"; folder: string } | { store: "nats"; server: string };

/** Nodes that receive posts and respond when their events are stored. */
export function receivingFlow(store: StoreSettings): object[] {
  return [
    { id: "in-tab", type: "tab" },
    {
      ...{ id: "webhook", z: "in-tab", type: "viewtron-webhook-in", path: "/viewtron" },
      ...{ answer: "stored", wires: [["out"]] },
    },
    { id: "out", z: "in-tab", type: "events-out", ...store, wires: [[]] },
  ];
}

/** Nodes that write the plate of each event into a file, and then acknowledge the event. */
export function handlingFlow(store: StoreSettings, file: string): object[] {
  const z = "handle-tab";
  return [
    { id: z, type: "tab" },
    { id: "in", z, type: "events-in", ...store, consumer: "plates", ackWait: 5, wires: [["plate"], []] },
    {
      ...{ id: "plate", z, type: "change", wires: [["write"]] },
      rules: [{ t: "set", p: "payload", pt: "msg", to: "payload.targets[0].plate", tot: "msg" }],
    },
    {
      ...{ id: "write", z, type: "file", filename: file, filenameType: "str", appendNewline: true },
      ...{ overwriteFile: "false", encoding: "utf8", wires: [[]] },
    },
    { id: "written", z, type: "complete", scope: ["write"], wires: [["in"]] },
  ];
}

export interface Chain {
  webhook: string;
  /** The file of `handlingFlow`. */
  file: string;
  victims: readonly Killable[];
}

export interface RoundOptions {
  round: number;
  seed: number;
  cameras: number;
  /** Posts of each camera. */
  posts: number;
  /** Time for the events to arrive after the last response. Milliseconds. */
  withinMs: number;
}

export interface RoundResult {
  victim: string;
  /** Posts with a response of success. */
  confirmed: number;
  /** Confirmed posts whose event did not arrive. */
  lost: string[];
  /** Events that arrived more than once. */
  doubled: string[];
  /** Events that arrived before an earlier one of their camera. */
  misplaced: string[];
}

/** Kills one process at random while cameras post, starts it again, and waits until every event has arrived. */
export async function killRound(chain: Chain, options: RoundOptions): Promise<RoundResult> {
  const { round, seed, cameras, posts, withinMs } = options;
  const random = seededRandom(seed + round);
  const victim = chain.victims[Math.floor(random() * chain.victims.length)];
  if (victim === undefined) throw new Error("The chain has no process to kill.");
  const from = (await linesOf(chain.file)).length;
  const [confirmed] = await Promise.all([
    postAll(chain.webhook, round, { cameras, posts }),
    killOnce(victim, random() * 1500, random() * 1000),
  ]);
  const arrived = await arrivals(chain.file, from, confirmed, withinMs);
  const counts = new Map<string, number>();
  for (const plate of arrived) counts.set(plate, (counts.get(plate) ?? 0) + 1);
  return {
    victim: victim.name,
    confirmed: confirmed.length,
    lost: confirmed.filter((plate) => !counts.has(plate)),
    doubled: [...counts].filter(([, count]) => count > 1).map(([plate]) => plate),
    misplaced: Array.from({ length: cameras }, (_, camera) =>
      misplacedOf(arrived, round, camera, posts),
    ).flat(),
  };
}

async function arrivals(
  file: string,
  from: number,
  wanted: readonly string[],
  withinMs: number,
): Promise<string[]> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const lines = (await linesOf(file)).slice(from);
    const seen = new Set(lines);
    if (wanted.every((plate) => seen.has(plate)) || Date.now() > deadline) return lines;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Compares the first arrivals of a camera with the order of its posts. */
function misplacedOf(arrived: readonly string[], round: number, camera: number, posts: number): string[] {
  const mine = new Set(Array.from({ length: posts }, (_, count) => plateOf(round, camera, count)));
  const order = [...new Set(arrived.filter((plate) => mine.has(plate)))];
  const sent = [...mine].filter((plate) => order.includes(plate));
  return order.filter((plate, i) => plate !== sent[i]);
}

async function linesOf(file: string): Promise<string[]> {
  const text = await readFile(file, "utf8").catch(() => "");
  return text
    .slice(0, text.lastIndexOf("\n") + 1)
    .split("\n")
    .filter(Boolean);
}

/** The file of `handlingFlow` in a user directory. */
export const handledFile = (userDir: string): string => path.join(userDir, "plates.txt");
