import { parseOptions, usage, type DemoOptions } from "./options";

/** The tools of a command such as the demo: start, output and end. */
export interface Command {
  options: DemoOptions;
  /** Run at the end, in reverse order. */
  cleanUps: (() => Promise<unknown>)[];
  /** Ends the command with this exit code. */
  stop: (code: number) => Promise<void>;
  /** Returns whether the command is ending. */
  stopping: () => boolean;
}

/** Prints a line. */
export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/**
 * Runs `npm run <name>` until Ctrl-C, and leaves nothing running.
 *
 * @param main starts the work of the command
 */
export function runCommand(name: string, main: (command: Command) => Promise<void>): void {
  let options: DemoOptions | "help";
  try {
    options = parseOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${usage(name)}`);
    process.exitCode = 2;
    return;
  }
  if (options === "help") {
    process.stdout.write(usage(name));
    return;
  }
  const cleanUps: Command["cleanUps"] = [];
  let stopping = false;
  async function stop(code: number): Promise<void> {
    if (stopping) return;
    stopping = true;
    for (const cleanUp of cleanUps.reverse()) await cleanUp();
    process.exitCode = code;
  }
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => void stop(0));
  main({ options, cleanUps, stop, stopping: () => stopping }).catch(async (error: unknown) => {
    // An error while the command ends is a consequence of stopping.
    if (!stopping) {
      const reason = error instanceof Error ? error.message : String(error);
      process.stderr.write(`npm run ${name} failed: ${reason}\n`);
    }
    await stop(1);
  });
}
