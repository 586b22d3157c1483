import type { Readable } from "node:stream";
import { createRedactor } from "../core/redact";
import type { FfmpegBinary } from "./ffmpeg-binary";
import { spawnGuarded, type GuardedChild } from "./guarded-child";

/** The end of one run of ffmpeg. */
export interface ProcessEnd {
  /** `exit code 0`, `signal SIGKILL` */
  ending: string;
  /** The last lines of standard error, redacted and joined by semicolons. */
  stderrTail: string;
}

export interface FfmpegProcessOptions {
  args: readonly string[];
  /** The text that ffmpeg reads from standard input. */
  script?: string;
  /** Texts that are redacted from the tail of standard error. */
  secrets?: readonly string[];
  onEnd: (end: ProcessEnd) => void;
}

/** ffmpeg 7 needs a second signal to interrupt a read. A process that ignores both is killed. */
const SECOND_SIGNAL_MS = 300;
const KILL_MS = 1200;
const MAX_TAIL = 2000;

/** One run of ffmpeg: its pipes, the tail of its standard error, and its end. */
export class FfmpegProcess {
  readonly #child: GuardedChild;
  readonly #ended: Promise<void>;
  #stderr = "";

  constructor(binary: FfmpegBinary, { args, script = "", secrets = [], onEnd }: FfmpegProcessOptions) {
    this.#child = spawnGuarded(binary.path, args);
    const { process: child, stdin, stderr } = this.#child;
    const redact = createRedactor([...secrets]);
    stderr.setEncoding("utf8").on("data", (chunk: string) => {
      this.#stderr = lastLines(this.#stderr + chunk);
    });
    this.#ended = new Promise((resolve) => {
      let ending = "did not start";
      child.on("error", (error) => {
        this.#stderr += error.message;
      });
      child.on("exit", (code, signal) => {
        ending = signal === null ? `exit code ${code ?? "unknown"}` : `signal ${signal}`;
      });
      child.on("close", () => {
        resolve();
        onEnd({
          ending,
          stderrTail: redact(this.#stderr)
            .trim()
            .replace(/\s*\n\s*/g, "; ")
            .slice(-MAX_TAIL),
        });
      });
    });
    stdin.end(script);
  }

  /** The process ID of ffmpeg itself; undefined if it did not start. */
  get pid(): number | undefined {
    return this.#child.process.pid;
  }

  get stdout(): Readable {
    return this.#child.stdout;
  }

  /** The output on file descriptor 3. It must be read: otherwise the process never ends. */
  get extra(): Readable {
    return this.#child.extra;
  }

  /** Kills the process at once; its output stays incomplete. */
  kill(): void {
    this.#child.process.kill("SIGKILL");
  }

  /** Ends the process; resolves when it has exited, at the latest after 1.2 s. */
  async stop(): Promise<void> {
    const { process: child } = this.#child;
    child.kill("SIGTERM");
    const again = setTimeout(() => child.kill("SIGTERM"), SECOND_SIGNAL_MS);
    const last = setTimeout(() => {
      this.kill();
    }, KILL_MS);
    await this.#ended;
    clearTimeout(again);
    clearTimeout(last);
  }
}

/** Returns the last whole lines: the redactor does not recognise half of a password in a cut line. */
function lastLines(text: string): string {
  if (text.length <= 2 * MAX_TAIL) return text;
  const lineEnd = text.indexOf("\n", text.length - 2 * MAX_TAIL);
  return lineEnd < 0 ? "" : text.slice(lineEnd + 1);
}

/**
 * Returns the tail of standard error as the details of an error. It removes the memory addresses that ffmpeg adds to
 * the names of its parts (`[rtsp @ 0x55e4…]`).
 */
export function stderrDetails(stderrTail: string): { details?: string } {
  const text = stderrTail.replace(/ @ 0x[0-9a-f]+\]/gi, "]").trim();
  return text === "" ? {} : { details: `ffmpeg output: ${text.replace(/\.?$/, ".")}` };
}
