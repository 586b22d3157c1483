/** viewtron-webhook-in in Node-RED, against a server that only reads and parses the bodies with fast-xml-parser. */
import { IpcPosts } from "../test/servers/viewtron/ipc-posts";
import { jpeg } from "../test/servers/viewtron/jpeg";
import { NvrPosts } from "../test/servers/viewtron/nvr-posts";
import type { WebhookMeasures } from "./subjects/webhook";
import { baselineWebhook, load, nodeRedWebhook, type Webhook } from "./support/cameras";
import { median, percentile, printTable, type Row } from "./support/table";

const CAMERAS = 50;
const ROUNDS = 11;
const POSTS = 400;
const ENDURANCE = 20_000;
const MIB = 2 ** 20;
const ms = (value: number): string => `${value.toFixed(2)} ms`;

const box = { x1: 3000, y1: 2500, x2: 4500, y2: 8000 };
const target = { eventId: 1, targetId: 2, box, overview: jpeg(330_000), crop: jpeg(60_000) };
const bodies = {
  "520 KB, images in CDATA": Buffer.from(
    new IpcPosts().perimeter({ ...target, by: "zone", targetType: "1" }),
  ),
  "520 KB, images without CDATA": Buffer.from(
    new NvrPosts().target({ ...target, smartType: "regionIntrusion", targetType: "person" }),
  ),
};

interface Measured {
  perSecond: number[];
  latencies: number[];
  delay: number[];
  /** Processor time in milliseconds, by post. Other programs on the machine do not change it. */
  cpu: number[];
}

async function measure(webhook: Webhook, body: Buffer, into: Measured): Promise<void> {
  const begin = await webhook.subject.request<WebhookMeasures>({ do: "begin" });
  const { perSecond, latencies } = await load(webhook.url, CAMERAS, POSTS, body);
  const { delay, cpu } = await webhook.subject.request<WebhookMeasures>({ do: "end" });
  into.perSecond.push(perSecond);
  into.latencies.push(...latencies);
  into.delay.push(delay.p99);
  into.cpu.push((cpu - begin.cpu) / POSTS);
}

async function compare(ours: Webhook, baseline: Webhook, what: string, body: Buffer): Promise<Row[]> {
  const [mine, theirs] = [ours, baseline].map((): Measured => ({
    perSecond: [],
    latencies: [],
    delay: [],
    cpu: [],
  }));
  if (mine === undefined || theirs === undefined) return [];
  for (const webhook of [ours, baseline]) await load(webhook.url, CAMERAS, 200, body);
  // The sides take turns, so that other programs on the machine slow down both.
  for (let round = 0; round < ROUNDS; round += 1) {
    await measure(ours, body, mine);
    await measure(baseline, body, theirs);
  }
  const ratio = median(mine.perSecond) / median(theirs.perSecond);
  const row = (label: string, pick: (side: Measured) => number): Row => ({
    what: `${what}: ${label}`,
    ours: ms(pick(mine)),
    against: ms(pick(theirs)),
    ratio: pick(mine) / pick(theirs),
  });
  return [
    {
      what: `${what}: posts a second`,
      ours: median(mine.perSecond).toFixed(0),
      against: median(theirs.perSecond).toFixed(0),
      ratio,
      bound: ">= 0.8",
      kept: ratio >= 0.8,
    },
    row("processor time per post", ({ cpu }) => median(cpu)),
    row("latency, median", ({ latencies }) => median(latencies)),
    row("latency, p99", ({ latencies }) => percentile(latencies, 99)),
    row("event-loop delay, p99", ({ delay }) => median(delay)),
  ];
}

/** Compares medians of three samples: garbage collection changes the resident set. */
async function endurance(ours: Webhook, body: Buffer): Promise<Row> {
  const samples: number[] = [];
  for (let round = 0; round < 10; round += 1) {
    await load(ours.url, CAMERAS, ENDURANCE / 10, body);
    samples.push((await ours.subject.request<WebhookMeasures>({ do: "memory" })).rss / MIB);
  }
  const [early, late] = [median(samples.slice(0, 3)), median(samples.slice(-3))];
  return {
    what: `memory after ${ENDURANCE} posts, against before them`,
    ours: `${late.toFixed(0)} MiB`,
    against: `${early.toFixed(0)} MiB`,
    ratio: late / early,
    bound: "<= 1.2",
    kept: late / early <= 1.2,
  };
}

async function main(): Promise<boolean> {
  const [ours, baseline] = await Promise.all([nodeRedWebhook(), baselineWebhook()]);
  try {
    const rows: Row[] = [];
    for (const [what, body] of Object.entries(bodies))
      rows.push(...(await compare(ours, baseline, what, body)));
    rows.push(await endurance(ours, bodies["520 KB, images in CDATA"]));
    return printTable(
      `viewtron-webhook-in: ${CAMERAS} cameras at once, against reading and parsing alone`,
      rows,
    );
  } finally {
    await Promise.all([ours.end(), baseline.end()]);
  }
}

void main().then((kept) => {
  if (!kept) process.exitCode = 1;
});
