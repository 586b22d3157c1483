/** Node-RED is killed while cameras post: every post with a response of success must be in the archive. */
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import { jpeg } from "../test/servers/viewtron/jpeg";
import { IpcPosts } from "../test/servers/viewtron/ipc-posts";
import { ViewtronCamera } from "../test/servers/viewtron-camera";
import { parseCsv } from "../test/src/archive/archived-event";
import { nodeRedWebhook } from "./support/cameras";
import { printTable } from "./support/table";

const ROUNDS = 5;
const CAMERAS = 20;
const overview = jpeg(330_000);
const crop = jpeg(60_000);

interface Outcome {
  accepted: number;
  lost: number;
}

async function round(folder: string, number: number): Promise<Outcome> {
  const webhook = await nodeRedWebhook(folder);
  const accepted: string[] = [];
  const posting = Promise.all(
    Array.from({ length: CAMERAS }, async (_, camera) => {
      const sender = new ViewtronCamera({ url: webhook.url });
      const posts = new IpcPosts();
      for (let count = 0; ; count += 1) {
        const plate = `R${number}C${camera}N${count}`;
        await sender.deliver(posts.plate({ plate, overview, crop }));
        accepted.push(plate);
      }
    }),
  ).catch(() => undefined);
  // Any time during the posts.
  await setTimeout(1500 + 400 * number);
  await webhook.end();
  await posting;
  return { accepted: accepted.length, lost: await countLost(folder, accepted) };
}

async function countLost(folder: string, accepted: readonly string[]): Promise<number> {
  const text = await readFile(path.join(folder, "events.csv"), "utf8");
  // The last line can be incomplete. Its post does not have a response.
  const rows = parseCsv(text.slice(0, text.lastIndexOf("\r\n") + 2));
  const kept = new Map(rows.map((row) => [row.plate, row.images ?? ""]));
  let lost = 0;
  for (const plate of accepted) {
    const sizes = await Promise.all(
      (kept.get(plate) ?? "")
        .split("; ")
        .map((file) => stat(path.join(folder, file)).then(({ size }) => size)),
    ).catch(() => []);
    if (sizes.join() !== [overview.length, crop.length].join()) lost += 1;
  }
  return lost;
}

async function main(): Promise<boolean> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "bench-kill-"));
  try {
    const outcomes: Outcome[] = [];
    for (let number = 1; number <= ROUNDS; number += 1) outcomes.push(await round(folder, number));
    const accepted = outcomes.reduce((sum, outcome) => sum + outcome.accepted, 0);
    const lost = outcomes.reduce((sum, outcome) => sum + outcome.lost, 0);
    return printTable("viewtron-webhook-in wired to event-archive, killed under load", [
      {
        what: `${ROUNDS} kills: posts with a response of success`,
        ours: String(accepted),
        against: `${lost} not in the archive`,
        bound: "0 lost",
        kept: lost === 0 && accepted > 0,
      },
    ]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

void main().then((kept) => {
  if (!kept) process.exitCode = 1;
});
