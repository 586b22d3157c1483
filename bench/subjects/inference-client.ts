/** Sends images of several cameras to inference servers, and reports the rate and its own CPU time. */
import { openTensorServers } from "../../src/vision/servers";
import type { TensorServers } from "../../src/vision/servers/types";
import type { InputTensor } from "../../src/vision/onnx/tensor";
import type { InferenceInput } from "./inference-server";

export interface InferenceWork {
  urls: string[];
  input: InferenceInput;
  cameras: number;
  frames: number;
}

export interface InferenceReport {
  perSecond: number;
  /** Milliseconds of CPU time for one image. */
  cpuMs: number;
}

/** The size of a usual frame of 1080p at quality 85. */
const JPEG_BYTES = 250_000;
const dims = [1, 3, 640, 640];
const length = 3 * 640 * 640;
const tensors: Readonly<Record<InferenceInput, InputTensor>> = {
  fp32: { type: "float32", dims, data: new Float32Array(length) },
  uint8: { type: "uint8", dims, data: new Uint8Array(length) },
  jpeg: { type: "bytes", dims: [1], data: Buffer.alloc(JPEG_BYTES, 0xff) },
};

/** Each camera sends its next image when the last one is done, until all images are done. */
async function send(servers: TensorServers, { input, cameras, frames }: InferenceWork): Promise<void> {
  let left = frames;
  const camera = async (lane: string): Promise<void> => {
    while (left-- > 0) await servers.infer({ images: tensors[input] }, { lane });
  };
  await Promise.all(Array.from({ length: cameras }, (_, index) => camera(String(index))));
}

async function measure(work: InferenceWork): Promise<InferenceReport> {
  const servers = openTensorServers({ urls: work.urls, model: "yolo", timeout: 30 });
  while (servers.state.ready < work.urls.length) await new Promise((resolve) => setTimeout(resolve, 10));
  await send(servers, { ...work, frames: 2 * work.cameras });
  const before = process.cpuUsage();
  const started = performance.now();
  await send(servers, work);
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(before);
  await servers.close();
  return { perSecond: work.frames / seconds, cpuMs: (user + system) / 1000 / work.frames };
}

process.on("message", (work: InferenceWork) => {
  void measure(work).then((report) => process.send?.(report));
});
