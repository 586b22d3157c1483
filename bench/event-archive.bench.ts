/** A full archive with 100,000 images against an empty one: removing old files must not delay new events. */
import { link, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import { EventArchive } from "../src/archive";
import { archivedEvent, image } from "../test/src/archive/archived-event";
import { median, percentile, printTable } from "./support/table";

const IMAGES = 100_000;
const EVENTS = 1500;
const ROUNDS = 3;
const CAMERAS = 16;
const BYTES = 5000;
const DAYS = 10;
const DAY_MS = 24 * 60 * 60 * 1000;
const FASTER_THAN = 2;

interface Outcome {
  perSecond: number;
  latencies: number[];
  loopDelay: number;
}

/** Lets cameras send at the same time, each after its last event is stored. */
async function load(archive: EventArchive): Promise<Outcome> {
  const latencies: number[] = [];
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  let left = EVENTS;
  const from = performance.now();
  await Promise.all(
    Array.from({ length: CAMERAS }, async () => {
      while (left > 0) {
        left -= 1;
        const sent = performance.now();
        const receivedTime = new Date().toISOString();
        await archive.append(archivedEvent({ receivedTime, images: [image(BYTES)] }));
        latencies.push(performance.now() - sent);
      }
    }),
  );
  const perSecond = (EVENTS / (performance.now() - from)) * 1000;
  delay.disable();
  return { perSecond, latencies, loopDelay: delay.percentile(99) / 1e6 };
}

/** Fills a folder like an archive with images of the last days, and their rows. */
async function fill(folder: string): Promise<void> {
  const archive = new EventArchive({ folder });
  const [first = ""] = (await archive.append(archivedEvent({ images: [image(BYTES)] }))).images;
  await archive.close();
  const table = path.join(folder, "events.csv");
  const [head = "", row = ""] = (await readFile(table, "utf8")).split(/(?<=\r\n)/);
  const rows: string[] = [];
  for (let number = 2; number <= IMAGES; number += 1) {
    const at = new Date(Date.now() - DAYS * DAY_MS + (number / IMAGES) * (DAYS - 0.1) * DAY_MS);
    const [day = "", time = ""] = at.toISOString().split("T");
    const digits = time.replace(/\D/g, "");
    const name = path
      .basename(first)
      .replace(/^\d{9}/, digits)
      .replace("-0001-", `-${String(number).padStart(4, "0")}-`);
    const file = path.join(folder, "images", day, name);
    // A link counts as a file and does not need space on the disk.
    await link(first, file).catch(async () => {
      await mkdir(path.dirname(file), { recursive: true });
      // File systems limit the links to a file.
      await writeFile(file, image(BYTES).data ?? "");
    });
    rows.push(
      row.replace(/images\/.*jpg/, `images/${day}/${name}`).replace(/,[^,]+/, `,${at.toISOString()}`),
    );
  }
  await writeFile(table, head + rows.join(""));
}

async function run(folder: string, limits: { maxBytes?: number; retainDays?: number }): Promise<Outcome> {
  const archive = new EventArchive({ folder, ...limits });
  try {
    await archive.start();
    return await load(archive);
  } finally {
    await archive.close();
  }
}

function together(outcomes: readonly Outcome[]): Outcome {
  return {
    perSecond: median(outcomes.map(({ perSecond }) => perSecond)),
    latencies: outcomes.flatMap(({ latencies }) => latencies),
    loopDelay: median(outcomes.map(({ loopDelay }) => loopDelay)),
  };
}

async function main(): Promise<boolean> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "bench-archive-"));
  const [empty, full] = [path.join(folder, "empty"), path.join(folder, "full")];
  try {
    await fill(full);
    // The archive is at its limits, so it removes files during the run, and some days are too old.
    const limits = { maxBytes: IMAGES * BYTES, retainDays: DAYS - 1 };
    await run(path.join(folder, "warm"), {});
    const rounds: { without: Outcome; ours: Outcome }[] = [];
    // The sides take turns, so that other programs on the machine slow down both.
    for (let round = 0; round < ROUNDS; round += 1) {
      rounds.push({ without: await run(empty, limits), ours: await run(full, limits) });
    }
    const without = together(rounds.map((round) => round.without));
    const ours = together(rounds.map((round) => round.ours));
    const ratio = ours.perSecond / without.perSecond;
    const row = (
      what: string,
      of: (outcome: Outcome) => number,
    ): { what: string; ours: string; against: string } => ({
      what,
      ours: of(ours).toFixed(1),
      against: `${of(without).toFixed(1)} (empty archive)`,
    });
    return printTable(`event-archive with ${IMAGES} images, at its limits`, [
      {
        ...row(`events a second, ${CAMERAS} cameras, an image each`, ({ perSecond }) => perSecond),
        ratio,
        bound: `> 1/${FASTER_THAN}`,
        kept: ratio > 1 / FASTER_THAN,
      },
      row("time to store an event, median, ms", ({ latencies }) => median(latencies)),
      row("the same, 99th percentile, ms", ({ latencies }) => percentile(latencies, 99)),
      row("the longest, ms", ({ latencies }) => percentile(latencies, 100)),
      row("event-loop delay, 99th percentile, ms", ({ loopDelay }) => loopDelay),
    ]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

void main().then((kept) => {
  if (!kept) process.exitCode = 1;
});
