import { readFileSync, readdirSync } from "node:fs";

/** Clock ticks per second in /proc: 100 on every Linux that Node.js supports. */
const TICKS = 100;
const PAGE = 4096;

/** Returns the ids of a process and its descendants, from /proc of Linux; [] on other systems. */
export function processTree(pid: number): number[] {
  try {
    const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").split(" ").filter(Boolean).map(Number),
    );
    return [pid, ...children.flatMap(processTree)];
  } catch {
    // The process ended before it was read.
    return [];
  }
}

/** Returns the resident memory of processes, in bytes. */
export function residentBytes(pids: readonly number[]): number {
  return sum(pids.map((pid) => Number(read(pid, "statm").split(" ")[1] ?? 0) * PAGE));
}

/** Returns the processor time of processes, user and system, in seconds. */
export function cpuSeconds(pids: readonly number[]): number {
  return sum(
    pids.map((pid) => {
      // The second field is the name in brackets, with or without spaces.
      const fields = read(pid, "stat")
        .replace(/^.*\) /s, "")
        .split(" ");
      return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / TICKS;
    }),
  );
}

function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    // The process has ended.
    return "";
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
