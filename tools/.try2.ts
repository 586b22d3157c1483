import { readPicture } from "../src/vision/input/picture";
import { InputBuffer } from "../src/vision/input/pixels";
import { DetectionModel } from "../src/vision/model/detection-model";
import { readFileSync } from "node:fs";
import sharp from "sharp";
const med = async (n: number, f: () => unknown) => {
  for (let i = 0; i < 8; i++) await f();
  const ts: number[] = [];
  for (let i = 0; i < n; i++) {
    const t = performance.now();
    await f();
    ts.push(performance.now() - t);
  }
  ts.sort((a, b) => a - b);
  return ts[n >> 1]!.toFixed(2);
};
async function main() {
  const size = { width: 640, height: 640 };
  const ib = new InputBuffer("float32", size, { order: "rgb", range: "unit", pad: 114 });
  for (const f of [
    "/tmp/det/p1080.jpg",
    "/tmp/look/package/demo/sample1.jpg",
    "/tmp/look/package/demo/sample4.jpg",
  ]) {
    const b = readFileSync(f);
    const p = await readPicture(b, size, "centre");
    console.log(
      f,
      (await sharp(b).metadata()).isProgressive,
      "read",
      await med(30, () => readPicture(b, size, "centre")),
      "fill",
      await med(30, () => ib.fill(p.pixels, p.fit)),
    );
  }
  const raw = await sharp("/tmp/det/p1080.jpg").raw().toBuffer();
  const pic = { data: raw, width: 1920, height: 1080, channels: 3 };
  const rp = await readPicture(pic, size, "centre");
  console.log("raw1080 resample", await med(30, () => ib.fill(rp.pixels, rp.fit)));
  const m = await DetectionModel.load("/tmp/look/package/lib/model/yolov8n.onnx", {
    provider: "cpu",
    threads: 1,
  });
  const b = readFileSync("/tmp/det/p1080.jpg");
  const inf: number[] = [];
  const t = await med(20, async () => {
    inf.push((await m.detect(b, { confidence: 0.25, iou: 0.45, maxDetections: 300 })).inferenceMs);
  });
  inf.sort((a, b) => a - b);
  console.log("detect jpeg total", t, "inf", inf[14]);
  const small = await sharp("/tmp/det/p1080.jpg").resize(640, 360).raw().toBuffer();
  const inf2: number[] = [];
  const t2 = await med(20, async () => {
    inf2.push(
      (
        await m.detect(
          { data: small, width: 640, height: 360, channels: 3 },
          { confidence: 0.25, iou: 0.45, maxDetections: 300 },
        )
      ).inferenceMs,
    );
  });
  inf2.sort((a, b) => a - b);
  console.log("detect rgb640 total", t2, "inf", inf2[14]);
}
void main();
