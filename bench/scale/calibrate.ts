import type { CameraSample } from "./measure-cameras";
import type { Costs } from "./model";

/** The numbers of cameras from which the costs are taken. The others test the model. */
export const calibration = { none: 0, one: 1, few: 4 };

/** Returns the costs of Node-RED, a camera and a detection. */
export function calibrate(
  samples: readonly CameraSample[],
  stream: { width: number; height: number; fps: number },
  model: string,
): Pick<Costs, "nodeRed" | "camera" | "detection"> {
  const [none, one, few] = [calibration.none, calibration.one, calibration.few].map((cameras) => {
    const sample = samples.find((other) => other.cameras === cameras);
    if (sample === undefined) throw new Error(`The calibration needs a measurement with ${cameras} cameras.`);
    return sample;
  }) as [CameraSample, CameraSample, CameraSample];
  const perCamera = (value: (sample: CameraSample) => number): number =>
    Math.max(0, (value(few) - value(one)) / (few.cameras - one.cameras));
  const ffmpegMemoryMiB = perCamera(({ memory }) => memory.ffmpeg);
  return {
    nodeRed: { cpuMsPerSecond: none.cpu.nodeRed, memoryMiB: none.memory.nodeRed },
    camera: {
      ...{ width: stream.width, height: stream.height, streamFps: stream.fps },
      ffmpegCpuMsPerSecond: few.cpu.ffmpeg / few.cameras,
      ffmpegMemoryMiB,
      ffmpegSharedMiB: Math.max(0, one.memory.ffmpeg - ffmpegMemoryMiB),
      nodeCpuMsPerFrame: Math.max(0, few.cpu.nodeRed - none.cpu.nodeRed) / few.imagesPerSecond,
      nodeMemoryMiB: Math.max(0, few.memory.nodeRed - none.memory.nodeRed) / few.cameras,
    },
    detection: {
      model,
      cpuMs: few.cpu.worker / few.imagesPerSecond,
      workerMemoryMiB: few.memory.worker,
    },
  };
}
