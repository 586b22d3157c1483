import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { linkPackage } from "../../tools/node-red";
import type { EventPathResponse } from "../subjects/event-path";
import { encodeMessage } from "../../src/store/envelope";
import { Subject } from "../support/subject";
import type { Costs } from "./model";
import { sampleMessage } from "./sample-message";

const WARM_UP = 2000;
const EVENTS = 10_000;

/** Measures what an event costs from the node that makes it to its acknowledgement at events-in. */
export async function eventCosts(): Promise<Costs["event"]> {
  const userDir = await mkdtemp(path.join(os.tmpdir(), "bench-events-"));
  await linkPackage(userDir);
  const subject = new Subject(path.join(__dirname, "../subjects/event-path.ts"), [userDir]);
  try {
    await subject.request<EventPathResponse>({ events: WARM_UP });
    const { cpuMs } = await subject.request<EventPathResponse>({ events: EVENTS });
    return { cpuMs: cpuMs / EVENTS, bytes: encodeMessage(sampleMessage(0)).length };
  } finally {
    await subject.end();
    await rm(userDir, { recursive: true, force: true });
  }
}
