/**
 * Predicts what a plan needs from what one camera, one detection and one event cost. It assumes that costs add up, that
 * decoding costs grow with pixels per second, and that no resource is more than `MAX_LOAD` busy: queues grow beyond.
 */

/** Measured costs. Processor time is milliseconds of one core of the measured machine. */
export interface Costs {
  /** The machine and the command that measured them. */
  machine: string;
  nodeRed: { cpuMsPerSecond: number; memoryMiB: number };
  camera: {
    /** The measured stream. */
    width: number;
    height: number;
    streamFps: number;
    /** ffmpeg: receiving and decoding one second of the measured stream, and its frames at `frameFps`. */
    ffmpegCpuMsPerSecond: number;
    ffmpegMemoryMiB: number;
    /** Code that all processes of ffmpeg share. */
    ffmpegSharedMiB: number;
    /** Node-RED: from ffmpeg's output to the message and through the rule. */
    nodeCpuMsPerFrame: number;
    nodeMemoryMiB: number;
  };
  detection: { model: string; cpuMs: number; workerMemoryMiB: number };
  /** An event without image: from the node that makes it through events-out, the store and events-in. */
  event: { cpuMs: number; bytes: number };
}

export interface Stream {
  width: number;
  height: number;
  fps: number;
  kbitPerSecond: number;
}

export interface SitePlan {
  cameras: number;
  /** The stream that is decoded: the sub-stream. */
  stream: Stream;
  /** Frames per second that the model looks at, on average over the day. */
  detectFps: number;
  eventsPerCameraPerDay: number;
  /** Bytes of the images of an event. */
  imageBytes: number;
  /** Hours without the hub after which the site's store must still hold every event. */
  offlineHours: number;
  /** Days for which the archive keeps events and images. */
  archiveDays: number;
}

export interface Load {
  /** Cores of the measured kind. */
  cores: { nodeRed: number; ffmpeg: number; detection: number; events: number; total: number };
  memoryMiB: number;
  /** Detection workers: each is one process that uses one core. */
  workers: number;
  lanMbitPerSecond: number;
  wanMbitPerSecond: number;
  eventsPerSecond: number;
  storeGB: number;
  archiveGB: number;
}

/** Nothing is planned to be busier than this. */
const MAX_LOAD = 0.7;
const DAY_SECONDS = 86_400;

/** Predicts one site on machines of the measured kind. */
export function predictSite(costs: Costs, plan: SitePlan): Load {
  const { cameras, stream, detectFps, eventsPerCameraPerDay, imageBytes } = plan;
  const { camera, detection, event, nodeRed } = costs;
  const framesPerSecond = cameras * detectFps;
  const pixels =
    (stream.width * stream.height * stream.fps) / (camera.width * camera.height * camera.streamFps);
  const eventsPerSecond = (cameras * eventsPerCameraPerDay) / DAY_SECONDS;
  const cores = {
    nodeRed: (nodeRed.cpuMsPerSecond + framesPerSecond * camera.nodeCpuMsPerFrame) / 1000,
    ffmpeg: (cameras * camera.ffmpegCpuMsPerSecond * pixels) / 1000,
    detection: (framesPerSecond * detection.cpuMs) / 1000,
    events: (eventsPerSecond * event.cpuMs) / 1000,
  };
  const workers = cores.detection === 0 ? 0 : Math.ceil(cores.detection / MAX_LOAD);
  const eventBytes = event.bytes + imageBytes;
  const dailyGB = (eventsPerSecond * DAY_SECONDS * eventBytes) / 1e9;
  return {
    cores: { ...cores, total: cores.nodeRed + cores.ffmpeg + cores.detection + cores.events },
    memoryMiB:
      nodeRed.memoryMiB +
      (cameras > 0 ? camera.ffmpegSharedMiB : 0) +
      cameras * (camera.ffmpegMemoryMiB + camera.nodeMemoryMiB) +
      workers * detection.workerMemoryMiB,
    workers,
    lanMbitPerSecond: (cameras * stream.kbitPerSecond) / 1000,
    wanMbitPerSecond: (eventsPerSecond * eventBytes * 8) / 1e6,
    eventsPerSecond,
    storeGB: (dailyGB * plan.offlineHours) / 24,
    archiveGB: dailyGB * plan.archiveDays,
  };
}

/**
 * Predicts the images per second of inference servers that need the same time for each image.
 *
 * @param serviceMs time of a server for one image
 * @param slots requests that a server processes at the same time
 * @param clientCpuMs processor time of this side for one image: with it, one core limits the rate
 */
export function predictServers(
  servers: number,
  serviceMs: number,
  slots: number,
  clientCpuMs: number,
): number {
  return Math.min((servers * slots * 1000) / serviceMs, 1000 / clientCpuMs);
}

export interface Limit {
  what: string;
  /** How many times the planned load fits. The smallest one breaks first. */
  headroom: number;
}

/** A machine of a site or of the hub. */
export interface Machine {
  cores: number;
  memoryGiB: number;
  diskGB: number;
  linkMbitPerSecond: number;
}

/** Returns the limits of a load on a number of equal machines, the first to break first. */
export function limitsOf(load: Load, machine: Machine, machines: number): Limit[] {
  const limits = [
    { what: "processor", headroom: (machines * machine.cores * MAX_LOAD) / load.cores.total },
    { what: "memory", headroom: (machines * machine.memoryGiB * 1024 * MAX_LOAD) / load.memoryMiB },
    { what: "disk", headroom: (machines * machine.diskGB * MAX_LOAD) / (load.storeGB + load.archiveGB) },
    {
      what: "network of the cameras",
      headroom: (machines * machine.linkMbitPerSecond * MAX_LOAD) / load.lanMbitPerSecond,
    },
    {
      what: "event loop of Node-RED",
      headroom: (machines * MAX_LOAD) / (load.cores.nodeRed + load.cores.events),
    },
  ];
  return limits.filter(({ headroom }) => Number.isFinite(headroom)).sort((a, b) => a.headroom - b.headroom);
}

/** Returns the smallest number of equal machines on which every limit is kept. */
export function machinesFor(load: Load, machine: Machine): number {
  return Math.max(1, Math.ceil(1 / (limitsOf(load, machine, 1)[0]?.headroom ?? 1)));
}
