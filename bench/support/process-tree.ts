import { readFileSync, readdirSync } from "node:fs";

/** Clock ticks a second in /proc; 100 on every Linux that Node runs on. */
const TICKS = 100;
const PAGE = 4096;

/** A process and all that it started, as Linux' /proc tells; nothing where there is no /proc. */
export function processTree(pid: number): number[] {
  try {
    const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").split(" ").filter(Boolean).map(Number),
    );
    return [pid, ...children.flatMap(processTree)];
  } catch {
    // It ended between being listed and being read.
    return [];
  }
}

/** Bytes in memory of these processes. */
export function residentBytes(pids: readonly number[]): number {
  return sum(pids.map((pid) => Number(read(pid, "statm").split(" ")[1] ?? 0) * PAGE));
}

/** Seconds of processor time, user and system, of these processes so far. */
export function cpuSeconds(pids: readonly number[]): number {
  return sum(
    pids.map((pid) => {
      // The second field is the name in brackets and may hold blanks.
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
    // It ended meanwhile.
    return "";
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
