/**
 * Alert streams of ISAPI devices, without a comparison: node-red-contrib-hikvision-ultimate is not in the npm registry,
 * and results of another machine do not compare.
 */
import path from "node:path";
import { performance } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { PartParser } from "../src/isapi/stream/part-parser";
import { alertXml, jpeg } from "../test/servers/isapi/alerts";
import { frame, guideFraming } from "../test/servers/isapi/framing";
import { SimulatedDevice } from "../test/servers/isapi-device";
import type { AlertReport } from "./subjects/alert-stream";
import { Subject } from "./support/subject";
import { median, percentile, printTable, type Row } from "./support/table";

const BURST = 20_000;
const LATENCY_ALERTS = 300;
const DEVICES = 200;
const SECONDS = 15;
const IMAGES = 200;
const IMAGE_BYTES = 500_000;
const ms = (value: number): string => `${value.toFixed(value < 10 ? 2 : 0)} ms`;
const now = (): number => performance.timeOrigin + performance.now();

/** Runs `act` with devices and one Node-RED whose nodes have opened their streams. */
async function withNodes<T>(
  count: number,
  heartbeatMs: number,
  act: (devices: SimulatedDevice[], nodes: Subject) => Promise<T>,
): Promise<T> {
  const devices = await Promise.all(
    Array.from({ length: count }, () => SimulatedDevice.start({ heartbeatMs })),
  );
  const nodes = new Subject(
    path.join(__dirname, "subjects/alert-stream.ts"),
    devices.map(({ url }) => url),
  );
  try {
    while (devices.some(({ streams }) => streams === 0)) await delay(50);
    await delay(500);
    await nodes.request({ do: "start" });
    return await act(devices, nodes);
  } finally {
    await nodes.end();
    await Promise.all(devices.map((device) => device.close()));
  }
}

async function burst(): Promise<Row[]> {
  return withNodes(1, 0, async ([device], nodes) => {
    const part = frame(guideFraming, "application/xml", alertXml());
    const all = Buffer.concat(Array.from({ length: BURST }, () => part));
    const startedAt = now();
    device?.raw(all);
    let report: AlertReport;
    do {
      await delay(100);
      report = await nodes.request<AlertReport>({ do: "report" });
    } while (report.messages < BURST);
    const took = report.lastAt - startedAt;
    return [
      {
        what: `${BURST} alerts at once`,
        ours: `${ms(took)} (${Math.round(BURST / (took / 1000))} a second)`,
        against: "",
      },
    ];
  });
}

async function latency(): Promise<Row[]> {
  return withNodes(1, 10_000, async ([device], nodes) => {
    for (let count = 0; count < LATENCY_ALERTS; count += 1) {
      device?.alert({ sentAt: now() });
      await delay(20 + Math.random() * 20);
    }
    const { times } = await nodes.request<AlertReport>({ do: "report" });
    const p99 = percentile(times, 99);
    return [
      { what: "last byte to message, 10 s heartbeats: median", ours: ms(median(times)), against: "" },
      {
        what: "last byte to message, 10 s heartbeats: p99",
        ours: ms(p99),
        against: "",
        bound: "≤ 20 ms",
        kept: p99 <= 20,
      },
    ];
  });
}

async function manyDevices(): Promise<Row[]> {
  return withNodes(DEVICES, 0, async (devices, nodes) => {
    for (let second = 0; second < SECONDS; second += 1) {
      for (const device of devices) {
        device.alert({ sentAt: now() });
        await delay(1000 / DEVICES);
      }
    }
    await delay(100);
    const report = await nodes.request<AlertReport>({ do: "report", collect: true });
    const what = (text: string): string => `${DEVICES} devices, about 1 alert/s each: ${text}`;
    return [
      {
        what: what("alerts received"),
        ours: `${report.messages} of ${DEVICES * SECONDS}`,
        against: "",
        bound: "all",
        kept: report.messages === DEVICES * SECONDS,
      },
      { what: what("CPU"), ours: `${(report.cpu * 100).toFixed(0)} % of a core`, against: "" },
      { what: what("RSS per device"), ours: `${(report.rssPerDevice / 1024).toFixed(0)} KiB`, against: "" },
      {
        what: what("event-loop delay p99"),
        ours: ms(report.delayP99),
        against: "",
        bound: "≤ 15 ms",
        kept: report.delayP99 <= 15,
      },
      {
        what: what("last byte to message, p99"),
        ours: ms(percentile(report.times, 99)),
        against: "",
        bound: "≤ 20 ms",
        kept: percentile(report.times, 99) <= 20,
      },
    ];
  });
}

function parserSpeed(chunkBytes: number): Row {
  const image = jpeg(IMAGE_BYTES);
  const stream = Buffer.concat([
    frame(guideFraming, "application/xml", alertXml()),
    frame(guideFraming, "image/jpeg", image),
  ]);
  let parts = 0;
  const parser = new PartParser(
    { part: () => (parts += 1), warning: () => undefined },
    { boundary: "boundary" },
  );
  const started = performance.now();
  for (let count = 0; count < IMAGES; count += 1) {
    for (let at = 0; at < stream.length; at += chunkBytes) parser.push(stream.subarray(at, at + chunkBytes));
  }
  const rate = (IMAGES * stream.length) / 1e6 / ((performance.now() - started) / 1000);
  return {
    what: `parser with 500 KB images, chunks of ${chunkBytes} bytes (${parts} parts)`,
    ours: `${rate.toFixed(0)} MB/s`,
    against: "",
    bound: "≥ 100 MB/s",
    kept: rate >= 100,
  };
}

async function main(): Promise<void> {
  const rows = [
    ...(await burst()),
    ...(await latency()),
    ...(await manyDevices()),
    parserSpeed(65_536),
    parserSpeed(1448),
  ];
  const kept = printTable("ISAPI alert streams", rows);
  if (!kept) process.exitCode = 1;
}

void main();
