/** Eight cameras at one yolo-detect node against eight nodes with one camera each, with more images than the model can process. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { demoModel } from "../tools/demo-model";
import type { CamerasResponse, CamerasRequest } from "./subjects/detect-cameras";
import { Subject } from "./support/subject";
import { median, printTable, type Row } from "./support/table";

const CAMERAS = 8;
const ROUNDS = 3;
const THREADS = 1;
const size = { width: 640, height: 360 };
const rate = (value: number): string => `${value.toFixed(2)} a second`;

async function main(): Promise<boolean> {
  const work = await mkdtemp(path.join(os.tmpdir(), "bench-cameras-"));
  const model = await demoModel();
  const image = path.join(work, "640x360.rgb");
  await writeFile(image, Buffer.alloc(size.width * size.height * 3, 120));
  const script = path.join(__dirname, "subjects/detect-cameras.ts");
  const subject = (nodes: number): Subject =>
    new Subject(script, [nodes, CAMERAS, model, THREADS].map(String));
  const [one, eight] = [subject(1), subject(CAMERAS)];
  try {
    const request: CamerasRequest = { image, ...size, fps: 4, seconds: 12 };
    for (const side of [one, eight]) await side.request({ ...request, seconds: 2 });
    const [own, other]: [CamerasResponse[], CamerasResponse[]] = [[], []];
    for (let round = 0; round < ROUNDS; round += 1) {
      own.push(await one.request(request));
      other.push(await eight.request(request));
    }
    return printTable(
      `yolo-detect: ${CAMERAS} cameras of ${request.fps} images per second, yolov8n 640, ${THREADS} thread, one node against ${CAMERAS}`,
      [
        row("the camera with the fewest images", own, other, (rates) => Math.min(...rates)),
        row("the camera with the most images", own, other, (rates) => Math.max(...rates)),
        delays(own, other),
      ],
    );
  } finally {
    await Promise.all([one, eight].map((side) => side.end()));
    await rm(work, { recursive: true, force: true });
  }
}

function row(
  what: string,
  own: readonly CamerasResponse[],
  other: readonly CamerasResponse[],
  pick: (rates: number[]) => number,
): Row {
  const [a, b] = [own, other].map((responses) => median(responses.map(({ rates }) => pick(rates))));
  const ratio = (a ?? 0) / (b ?? 0);
  return {
    what,
    ours: rate(a ?? 0),
    against: rate(b ?? 0),
    ratio,
    bound: "0.8 to 1.25",
    kept: ratio >= 0.8 && ratio <= 1.25,
  };
}

function delays(own: readonly CamerasResponse[], other: readonly CamerasResponse[]): Row {
  const [a = 0, b = 0] = [own, other].map((responses) => median(responses.map(({ delayP99 }) => delayP99)));
  return {
    what: "event-loop delay p99 meanwhile, the model at normal priority",
    ours: `${a.toFixed(1)} ms`,
    against: `${b.toFixed(1)} ms`,
    ratio: a / b,
    bound: "≤ 15 ms",
    kept: a <= 15,
  };
}

void main().then((kept) => {
  process.exitCode = kept ? 0 : 1;
});
