/** `docs/scale.md`'s tables, made from the measured costs and the model. */
import type { Row } from "../support/table";
import { limitsOf, machinesFor, predictSite, type Costs, type Machine, type SitePlan } from "./model";

/** A hundred sites with a hundred cameras each. */
const SITES = 100;
const site: SitePlan = {
  cameras: 100,
  stream: { width: 640, height: 360, fps: 10, kbitPerSecond: 512 },
  detectFps: 1,
  eventsPerCameraPerDay: 200,
  imageBytes: 120_000,
  offlineHours: 24,
  archiveDays: 30,
};
/** One machine of a site: a small server. */
const siteMachine: Machine = { cores: 8, memoryGiB: 32, diskGB: 4000, linkMbitPerSecond: 1000 };
/** The hub receives events only. */
const hubMachine: Machine = { cores: 8, memoryGiB: 32, diskGB: 8000, linkMbitPerSecond: 1000 };

const fixed = (value: number, digits = 1): string => value.toFixed(digits);

/** Returns the costs as a table. */
export function costsTable({ nodeRed, camera, detection, event }: Costs): string {
  const stream = `${camera.width}×${camera.height}, ${camera.streamFps} frames per second`;
  return table(
    ["What", "Processor", "Memory"],
    [
      [
        "Node-RED without cameras",
        `${fixed(nodeRed.cpuMsPerSecond)} ms/s`,
        `${fixed(nodeRed.memoryMiB, 0)} MiB`,
      ],
      [
        `ffmpeg of one camera (${stream})`,
        `${fixed(camera.ffmpegCpuMsPerSecond)} ms/s`,
        `${fixed(camera.ffmpegMemoryMiB, 0)} MiB`,
      ],
      [
        "Node-RED, one frame from ffmpeg through the rule",
        `${fixed(camera.nodeCpuMsPerFrame)} ms`,
        `${fixed(camera.nodeMemoryMiB)} MiB per camera`,
      ],
      [
        `one detection (${detection.model})`,
        `${fixed(detection.cpuMs, 0)} ms`,
        `${fixed(detection.workerMemoryMiB, 0)} MiB per worker`,
      ],
      [
        "one event through events-out, the store and events-in",
        `${fixed(event.cpuMs, 2)} ms`,
        `${event.bytes} bytes on disk`,
      ],
    ],
  );
}

/** Returns the comparison of predicted and measured values. */
export function checkTable(rows: readonly Row[]): string {
  return table(
    ["What", "Predicted", "Measured", "Ratio"],
    rows.map(({ what, ours, against, ratio }) => [what, ours, against, ratio?.toFixed(2) ?? ""]),
  );
}

/** Returns what one site and the hub need, and what breaks first. */
export function layoutTables(costs: Costs): string {
  const load = predictSite(costs, site);
  const machines = machinesFor(load, siteMachine);
  const hub = {
    ...load,
    cores: { nodeRed: 0.01, ffmpeg: 0, detection: 0, events: SITES * load.cores.events, total: 0 },
    memoryMiB: costs.nodeRed.memoryMiB,
    lanMbitPerSecond: SITES * load.wanMbitPerSecond,
    eventsPerSecond: SITES * load.eventsPerSecond,
    storeGB: SITES * load.storeGB,
    archiveGB: 0,
  };
  hub.cores.total = hub.cores.nodeRed + hub.cores.events;
  const hubMachines = machinesFor(hub, hubMachine);
  return [
    table(
      ["", `One site (${site.cameras} cameras)`, `Hub (${SITES * site.cameras} cameras)`],
      [
        ["Cores: ffmpeg", fixed(load.cores.ffmpeg), "0"],
        ["Cores: detection", `${fixed(load.cores.detection)} in ${load.workers} workers`, "0"],
        ["Cores: Node-RED", fixed(load.cores.nodeRed, 2), fixed(hub.cores.nodeRed, 2)],
        ["Cores: events", fixed(load.cores.events, 4), fixed(hub.cores.events, 3)],
        ["Memory", `${fixed(load.memoryMiB / 1024)} GiB`, `${fixed(hub.memoryMiB / 1024)} GiB`],
        ["Network of the cameras", `${fixed(load.lanMbitPerSecond, 0)} Mbit/s`, "none"],
        [
          "Site to hub",
          `${fixed(load.wanMbitPerSecond, 2)} Mbit/s`,
          `${fixed(hub.lanMbitPerSecond, 0)} Mbit/s`,
        ],
        [
          "Events",
          `${fixed(load.eventsPerSecond, 2)} per second`,
          `${fixed(hub.eventsPerSecond, 0)} per second`,
        ],
        [`Store for ${site.offlineHours} hours`, `${fixed(load.storeGB)} GB`, `${fixed(hub.storeGB, 0)} GB`],
        [`Archive for ${site.archiveDays} days`, `${fixed(load.archiveGB, 0)} GB`, "at the sites"],
        ["Machines", String(machines), String(hubMachines)],
      ],
    ),
    "What breaks first, as the number of times that the planned load fits:",
    table(
      ["Limit at a site", "Fits", "Limit at the hub", "Fits"],
      zip(limitsOf(load, siteMachine, machines), limitsOf(hub, hubMachine, hubMachines)).map(
        ([one, other]) => [
          one?.what ?? "",
          one === undefined ? "" : fixed(one.headroom),
          other?.what ?? "",
          other === undefined ? "" : fixed(other.headroom),
        ],
      ),
    ),
  ].join("\n\n");
}

/** Replaces the text between the markers of a name in a document. */
export function replaceBlock(document: string, name: string, text: string): string {
  const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [from, to] = [document.indexOf(start), document.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`The document has no block ${name}.`);
  return `${document.slice(0, from)}${start}\n\n${text}\n\n${document.slice(to)}`;
}

/** Returns a table in Markdown, aligned as prettier does. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, ...rows];
  const widths = head.map((_, column) => Math.max(3, ...lines.map((line) => (line[column] ?? "").length)));
  const print = (line: readonly string[]): string =>
    `| ${widths.map((width, column) => (line[column] ?? "").padEnd(width)).join(" | ")} |`;
  return [
    print(head),
    `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`,
    ...rows.map(print),
  ].join("\n");
}

function zip<One, Other>(
  one: readonly One[],
  other: readonly Other[],
): [One | undefined, Other | undefined][] {
  return Array.from({ length: Math.max(one.length, other.length) }, (_, i) => [one[i], other[i]]);
}
