import { readFile, readlink } from "node:fs/promises";
import os from "node:os";

/** Identifies a process among all processes that ever had its number. */
export interface ProcessIdentity {
  pid: number;
  /** The namespace of process numbers: each container and each start of a machine has another one. */
  machine?: string;
  /** The time of its start, in the units of the system. Only Linux reports it. */
  started?: string;
}

export async function ownIdentity(): Promise<ProcessIdentity> {
  const { pid } = process;
  if (process.platform !== "linux") return { pid, machine: os.hostname() };
  const [machine, stat] = await Promise.all([linuxMachine(), statOf(pid)]);
  return {
    pid,
    ...(machine !== undefined && { machine }),
    ...(stat !== undefined && { started: stat.started }),
  };
}

/**
 * Tells whether a process is running.
 * @returns undefined if this is unknown: it runs on another machine or in another container, or its number may belong
 *   to a new process
 */
export async function isRunning(other: ProcessIdentity): Promise<boolean | undefined> {
  const own = await ownIdentity();
  if (own.machine === undefined || own.machine !== other.machine) return undefined;
  if (!exists(other.pid)) return false;
  const stat = await statOf(other.pid);
  if (stat === undefined || other.started === undefined) return undefined;
  // A zombie has ended, but its parent has not read its exit code yet.
  return stat.started === other.started && !["Z", "X"].includes(stat.state);
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    // EPERM: it runs as another user.
    return (thrown as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

async function linuxMachine(): Promise<string | undefined> {
  const [boot, space] = await Promise.all([
    readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => undefined),
    readlink("/proc/self/ns/pid").catch(() => undefined),
  ]);
  return boot === undefined || space === undefined ? undefined : `${boot.trim()} ${space}`;
}

async function statOf(pid: number): Promise<{ state: string; started: string } | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  // The second field is the name in brackets and may hold blanks and brackets.
  const fields = text?.slice(text.lastIndexOf(") ") + 2).split(" ");
  const [state, started] = [fields?.[0], fields?.[19]];
  return state === undefined || started === undefined ? undefined : { state, started };
}
