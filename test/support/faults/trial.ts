import { setTimeout as pause } from "node:timers/promises";
import type { Fault } from "./faults";
import { isOf, type FaultWorld } from "./fault-world";
import type { Rig } from "./rig";

export type Verdict = "not affected" | "goes on" | "comes back" | "back after deploy" | "does not come back";
export type Kept =
  "everything" | "arrives later" | "at Catch" | "missed" | "lost" | "unnoticed" | "in hand" | "live";

/** One cell of the matrix: what the user of a node saw of a fault. */
export interface Cell {
  verdict: Verdict;
  /** The status in the editor; empty: it does not change. */
  status: string;
  /** The code of the error of the message, or else of the first error. */
  code: string;
  /** What it says, without addresses and numbers. */
  message: string;
  kept: Kept;
  /** Seconds from the end of the fault to the next result. */
  back: number;
}

const AGAIN_MS = 500;
/** Frames on the way when a fault begins. */
const ON_THE_WAY_MS = 1500;
/** A node asks for what it missed after it has its connection again. */
const CATCHES_UP_MS = 8000;
const WORKS_AGAIN_MS = 100_000;

/** Tries a fault at every node at the same time. @returns the cells by node type */
export async function tryFault(world: FaultWorld, fault: Fault): Promise<Map<string, Cell>> {
  // New nodes report every error: a node says the same thing only once a minute.
  await world.deploy({ name: fault.name });
  await everyNodeWorks(world, fault.name);
  const marks = new Map(world.rigs.map((rig) => [rig, world.nextMark()]));
  const stimulate = (): void => {
    for (const [rig, mark] of marks) world.stimulate(rig, mark);
  };
  await fault.prepare?.(world);
  const begun = performance.now();
  if (fault.midWork === true) {
    await world.setProxies("hold");
    stimulate();
    await pause(50);
    await fault.begin(world);
  } else {
    await fault.begin(world);
    stimulate();
  }
  const [least, most] = fault.seconds;
  const live = world.rigs.filter(({ isLive }) => isLive === true);
  const goingOn = setInterval(() => {
    for (const rig of live) world.stimulate(rig, "");
  }, AGAIN_MS);
  const settled = (): boolean =>
    world.rigs.every(
      (rig) =>
        (fault.contact !== undefined && !rig.contacts.includes(fault.contact)) ||
        // Who waits for senders has nothing to show.
        (rig.listens !== undefined && rig.connects === undefined) ||
        hasShown(world, rig, marks.get(rig) ?? "", begun),
    );
  try {
    await pause(least * 1000);
    await world.reports.until(settled, (most - least) * 1000);
    // The error of a status follows it.
    await pause(200);
  } finally {
    clearInterval(goingOn);
  }
  const ended = performance.now();
  await fault.end(world);
  const cells = await Promise.all(
    [...marks].map(async ([rig, mark]): Promise<[string, Cell]> => {
      const again = await worksAgain(world, rig);
      const isLater = (): boolean => world.hasSent(rig, mark, begun);
      if (rig.catchesUp === true) await world.reports.until(isLater, CATCHES_UP_MS);
      return [rig.type, cellOf(world, fault, rig, { mark, begun, ended, again })];
    }),
  );
  await fault.cleanUp?.(world);
  return new Map(cells);
}

interface Course {
  mark: string;
  begun: number;
  ended: number;
  again: number | undefined;
}

function cellOf(world: FaultWorld, fault: Fault, rig: Rig, { mark, begun, ended, again }: Course): Cell {
  const reports = world.reports.of(rig.type, begun);
  const outs = reports.filter((report) => report.kind === "out" && isOf(rig, mark, report));
  const within = outs.some(({ at }) => at < ended && (rig.isLive !== true || at > begun + ON_THE_WAY_MS));
  const errors = reports.filter(
    (report) => report.kind === "error" && (report.at < ended || report.mark === mark),
  );
  const error = errors.find((each) => each.mark === mark) ?? errors[0];
  if (again === undefined)
    process.stderr.write(`${reports.map((report) => JSON.stringify(report)).join("\n")}\n`);
  const shown = reports.filter(({ kind, at }) => kind === "status" && at < ended);
  const last = fault.ends === "at once" ? undefined : shown.at(-1);
  const bad = shown.find(({ fill }) => fill === "red") ?? (last?.fill === "yellow" ? last : undefined);
  // How far a message has come when a deploy or a signal ends its node is chance.
  const isInHand = fault.midWork === true && !rig.contacts.includes("network");
  const goesOn = within && !isInHand && errors.length === 0 && again !== undefined;
  const reached = fault.contact === undefined || rig.contacts.includes(fault.contact);
  return {
    verdict: goesOn
      ? reached
        ? "goes on"
        : "not affected"
      : again === undefined
        ? "does not come back"
        : fault.ends === "by a user"
          ? "back after deploy"
          : "comes back",
    status: (goesOn ? undefined : bad)?.text?.replace(/\d+/g, "n") ?? "",
    code: error?.code ?? error?.text ?? "",
    message: messageOf(error?.text ?? ""),
    kept: isInHand
      ? "in hand"
      : within && rig.arrived?.(world.bench(rig), mark) === false
        ? "unnoticed"
        : keptOf(rig, {
            within,
            later: outs.length > 0,
            caught: errors.some((error) => error.mark === mark),
          }),
    back: again === undefined ? Number.POSITIVE_INFINITY : (again - ended) / 1000,
  };
}

function keptOf(rig: Rig, seen: { within: boolean; later: boolean; caught: boolean }): Kept {
  if (seen.within) return "everything";
  if (rig.isLive === true) return "live";
  if (seen.later) return "arrives later";
  if (seen.caught) return "at Catch";
  return rig.stimulate === undefined ? "lost" : "missed";
}

/** Whether a node has shown what a fault does to it: a result, an error or a red status. */
function hasShown(world: FaultWorld, rig: Rig, mark: string, since: number): boolean {
  return world.reports
    .of(rig.type, since)
    .some(
      (report) =>
        report.kind === "error" ||
        (report.kind === "status" && report.fill === "red") ||
        (rig.isLive !== true && report.kind === "out" && isOf(rig, mark, report)),
    );
}

async function everyNodeWorks(world: FaultWorld, before: string): Promise<void> {
  const silent = await Promise.all(
    world.rigs.map(async (rig) => ((await worksAgain(world, rig)) === undefined ? [rig.type] : [])),
  );
  const names = silent.flat();
  if (names.length === 0) return;
  const seen = names.flatMap((name) =>
    world.reports
      .of(name, 0)
      .slice(-4)
      .map((report) => JSON.stringify(report)),
  );
  throw new Error(
    `Before "${before}", these do not work: ${names.join(", ")}\n${seen.join("\n")}\n${world.output.slice(-3000)}`,
  );
}

/** Makes a node work until it does. @returns the time of its result */
async function worksAgain(world: FaultWorld, rig: Rig): Promise<number | undefined> {
  const since = performance.now();
  const marks: string[] = [];
  const works = (): boolean =>
    marks.some((mark) => world.hasSent(rig, mark, since)) ||
    (rig.isLive === true && world.hasSent(rig, "", since));
  while (performance.now() - since < WORKS_AGAIN_MS) {
    const mark = world.nextMark();
    marks.push(mark);
    world.stimulate(rig, mark);
    if (await world.reports.until(works, AGAIN_MS)) return performance.now();
  }
  return undefined;
}

function messageOf(text: string): string {
  return text
    .replace(/^\w*Error: /, "")
    .replace(/(127\.0\.0\.1|device\.invalid)(:\d+)?/g, "<address>")
    .replace(/\d+/g, "n")
    .replace("; Infinity attempts left", "")
    .replace(/\s+/g, " ")
    .slice(0, 300);
}
