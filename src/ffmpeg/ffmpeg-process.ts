import type { Readable } from "node:stream";
import { createRedactor } from "../core/redact";
import type { FfmpegBinary } from "./ffmpeg-binary";
import { spawnGuarded, type GuardedChild } from "./guarded-child";

/** How one run of ffmpeg ended. */
export interface ProcessEnd {
  /** `exit code 0`, `signal SIGKILL` */
  ending: string;
  /** The last lines of standard error, redacted and joined by semicolons. */
  stderrTail: string;
}

export interface FfmpegProcessOptions {
  args: readonly string[];
  /** What ffmpeg reads from standard input. */
  script?: string;
  /** Texts that must not appear in the tail of standard error. */
  secrets?: readonly string[];
  onEnd: (end: ProcessEnd) => void;
}

/** ffmpeg 7 needs a second signal to interrupt a read. One that stalls is killed. */
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

  /** Of ffmpeg itself; undefined when it could not be started. */
  get pid(): number | undefined {
    return this.#child.process.pid;
  }

  get stdout(): Readable {
    return this.#child.stdout;
  }

  /** What it writes to file descriptor 3. Unread, the process never ends. */
  get extra(): Readable {
    return this.#child.extra;
  }

  /** Ends it at once; what it was writing stays incomplete. */
  kill(): void {
    this.#child.process.kill("SIGKILL");
  }

  /** Resolves once the process is gone, at the latest after 1.2 s. */
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

/** Whole lines only: in a line that is cut in two, half of a password would not be recognised. */
function lastLines(text: string): string {
  if (text.length <= 2 * MAX_TAIL) return text;
  const lineEnd = text.indexOf("\n", text.length - 2 * MAX_TAIL);
  return lineEnd < 0 ? "" : text.slice(lineEnd + 1);
}

/**
 * Makes the tail of standard error the details of an error, without the addresses in memory by which ffmpeg names its
 * parts (`[rtsp @ 0x55e4…]`).
 */
export function stderrDetails(stderrTail: string): { details?: string } {
  const text = stderrTail.replace(/ @ 0x[0-9a-f]+\]/gi, "]").trim();
  return text === "" ? {} : { details: `ffmpeg said: ${text.replace(/\.?$/, ".")}` };
}
