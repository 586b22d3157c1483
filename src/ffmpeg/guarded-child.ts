import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import type { Readable, Writable } from "node:stream";

/**
 * Holds a pipe to this process open beside the program. When this process dies, however it dies, the pipe ends without
 * a line and the program is killed: ffmpeg itself would notice only when it next writes, never while a camera stalls.
 * `exec` makes the shell's process the program's, so signals and exit code are the program's own.
 */
const GUARD = '(read -r _ <&4 || kill -KILL $$) >/dev/null 2>&1 3>&- & exec "$@" 4<&-';
const SHELL = "/bin/sh";

export interface GuardedChild {
  process: ChildProcess;
  stdin: Writable;
  stdout: Readable;
  stderr: Readable;
  /** What the program writes to file descriptor 3. */
  extra: Readable;
}

/** Starts a program that cannot outlive this process, where there is a POSIX shell. */
export function spawnGuarded(file: string, args: readonly string[]): GuardedChild {
  const hasShell = process.platform !== "win32" && existsSync(SHELL);
  const child = hasShell
    ? spawn(SHELL, ["-c", GUARD, SHELL, file, ...args], { stdio: ["pipe", "pipe", "pipe", "pipe", "pipe"] })
    : spawn(file, args, { stdio: ["pipe", "pipe", "pipe", "pipe"], windowsHide: true });
  const [stdin, stdout, stderr, extra, lifeline] = child.stdio as [
    Writable,
    Readable,
    Readable,
    Readable,
    Writable?,
  ];
  // A program that is gone before it read its input is told by its exit, not by EPIPE.
  for (const pipe of [stdin, lifeline]) pipe?.on("error", () => undefined);
  child.once("exit", () => {
    // The line releases the guard: the process number may soon be somebody else's.
    lifeline?.end("\n");
  });
  return { process: child, stdin, stdout, stderr, extra };
}
