import { spawn, type ChildProcess } from "node:child_process";
import { PassThrough, type Readable, type Writable } from "node:stream";
import { childEnvironment, NO_CORE_DUMPS, posixShell } from "../core/child-process";

/**
 * Keeps a pipe to this process open beside the program. When this process dies, the pipe ends without a line, and the
 * guard kills the program. ffmpeg itself notices this only at its next write: never while a camera stalls.
 * `exec` replaces the shell by the program, so signals and the exit code are those of the program.
 */
const GUARD = `${NO_CORE_DUMPS} (read -r _ <&4 || kill -KILL $$) >/dev/null 2>&1 3>&- & exec "$@" 4<&-`;

type Pipes = readonly [
  stdin: Writable,
  stdout: Readable,
  stderr: Readable,
  extra: Readable,
  lifeline?: Writable,
];

/** Node.js makes no pipes at all when no file can be opened any more. The process then reports EMFILE as an error. */
function noPipes(): Pipes {
  const ended = (): PassThrough => new PassThrough().end();
  return [new PassThrough().resume(), ended(), ended(), ended()];
}

export interface GuardedChild {
  process: ChildProcess;
  stdin: Writable;
  stdout: Readable;
  stderr: Readable;
  /** The output of the program on file descriptor 3. */
  extra: Readable;
}

/**
 * Starts a program with the environment that it needs. On systems with a POSIX shell, it cannot outlive this process,
 * and writes no core dumps.
 */
export function spawnGuarded(file: string, args: readonly string[]): GuardedChild {
  const shell = posixShell();
  const env = childEnvironment();
  const child =
    shell === undefined
      ? spawn(file, args, { stdio: ["pipe", "pipe", "pipe", "pipe"], env, windowsHide: true })
      : spawn(shell, ["-c", GUARD, shell, file, ...args], {
          stdio: ["pipe", "pipe", "pipe", "pipe", "pipe"],
          env,
        });
  const [stdin, stdout, stderr, extra, lifeline] = (child.stdio as Pipes | undefined) ?? noPipes();
  // If the program exits before it reads its input, its exit reports that, not EPIPE.
  for (const pipe of [stdin, lifeline]) pipe?.on("error", () => undefined);
  child.once("exit", () => {
    // The line releases the guard: another process may soon have this process ID.
    lifeline?.end("\n");
  });
  return { process: child, stdin, stdout, stderr, extra };
}
