/**
 * Measures what cameras, detections and events cost, and checks the model (`scale/model.ts`) against what larger numbers
 * of them really use. With `WRITE_DOCS=1` it also writes the costs and the tables of `docs/scale.md`.
 */
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { format, resolveConfig } from "prettier";
import { calibrate, calibration } from "./scale/calibrate";
import { checkTable, costsTable, layoutTables, replaceBlock } from "./scale/layout";
import { DETECT_FPS, measureCameras, STREAM, type CameraSample } from "./scale/measure-cameras";
import { eventCosts } from "./scale/measure-events";
import { predictServers, predictSite, type Costs, type SitePlan } from "./scale/model";
import { measureServers, SERVICE_MS } from "./support/inference-servers";
import { machine, printTable, type Row } from "./support/table";

const CAMERAS = [1, 2, 4, 8, 16];
const SERVERS = [1, 2, 4];
const TOLERANCE = 0.15;
const folder = path.join(__dirname, "scale");

async function main(): Promise<boolean> {
  const event = await eventCosts();
  const samples = await measureCameras([calibration.none, ...CAMERAS]);
  const costs: Costs = {
    machine: machine(),
    ...calibrate(samples, STREAM, "yolov8n, 640×640, one thread"),
    event,
  };
  const servers = await serverRows();
  const rows = [
    ...samples.filter(({ cameras }) => cameras > 0).flatMap((sample) => cameraRows(costs, sample)),
    ...servers,
  ];
  const kept = printTable(
    `scale model: predicted (calibrated with 0, 1 and 4 cameras) against measured`,
    rows,
  );
  process.stdout.write(`\n${costsTable(costs)}\n\n${layoutTables(costs)}\n`);
  if (process.env.WRITE_DOCS === "1") await write(costs, rows);
  return kept;
}

function cameraRows(costs: Costs, { cameras, cpu, memory }: CameraSample): Row[] {
  const plan: SitePlan = {
    cameras,
    stream: { ...STREAM, kbitPerSecond: 300 },
    detectFps: DETECT_FPS,
    ...{ eventsPerCameraPerDay: 0, imageBytes: 0, offlineHours: 0, archiveDays: 0 },
  };
  const load = predictSite(costs, plan);
  const total = ({ nodeRed, ffmpeg, worker }: CameraSample["cpu"]): number => nodeRed + ffmpeg + worker;
  return [
    row(`${cameras} cameras: processor`, load.cores.total * 1000, total(cpu), "ms/s"),
    row(`${cameras} cameras: memory`, load.memoryMiB, total(memory), "MiB"),
  ];
}

/** The processor time of this side is that of the run with one server. */
async function serverRows(): Promise<Row[]> {
  const reports = [];
  for (const count of SERVERS) reports.push({ count, ...(await measureServers(count, "jpeg")) });
  const cpuMs = reports[0]?.cpuMs ?? 0;
  return reports.map(({ count, perSecond }) =>
    row(
      `${count} inference servers of ${SERVICE_MS} ms`,
      predictServers(count, SERVICE_MS, 1, cpuMs),
      perSecond,
      "images per second",
    ),
  );
}

function row(what: string, predicted: number, measured: number, unit: string): Row {
  const ratio = predicted / measured;
  return {
    what,
    ours: `${predicted.toFixed(0)} ${unit}`,
    against: `${measured.toFixed(0)} ${unit}`,
    ratio,
    bound: "0.85 to 1.15",
    kept: Math.abs(ratio - 1) <= TOLERANCE,
  };
}

async function write(costs: Costs, rows: readonly Row[]): Promise<void> {
  await writeFile(path.join(folder, "costs.json"), `${JSON.stringify(costs, null, 2)}\n`);
  const file = path.join(__dirname, "../docs/scale.md");
  let document = await readFile(file, "utf8");
  for (const [name, text] of [
    ["costs", costsTable(costs)],
    ["check", checkTable(rows)],
    ["layout", layoutTables(costs)],
  ] as const) {
    document = replaceBlock(document, name, text);
  }
  const options = { ...(await resolveConfig(file)), filepath: file };
  await writeFile(file, await format(document, options));
}

void main().then((kept) => {
  process.exitCode = kept ? 0 : 1;
});
