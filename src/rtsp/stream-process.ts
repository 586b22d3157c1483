import type { Readable } from "node:stream";
import type { FfmpegBinary } from "../ffmpeg/ffmpeg-binary";
import { spawnGuarded, type GuardedChild } from "../ffmpeg/guarded-child";
import { createRedactor } from "../core/redact";

/** How one run of ffmpeg ended. */
export interface ProcessEnd {
  /** `exit code 0`, `signal SIGKILL` */
  ending: string;
  /** The last lines of standard error, redacted; one text. */
  words: string;
}

export interface StreamProcessOptions {
  args: readonly string[];
  /** What ffmpeg reads from standard input. */
  script: string;
  /** What must not appear in its last words. */
  secrets: readonly string[];
  onEnd: (end: ProcessEnd) => void;
}

/** ffmpeg 7 takes a second signal to interrupt a read; a stalled one takes the last resort. */
const SECOND_SIGNAL_MS = 300;
const KILL_MS = 1200;
const MAX_WORDS = 2000;

/** One run of ffmpeg on a stream: what it writes, what it says, and its end. */
export class StreamProcess {
  readonly #child: GuardedChild;
  readonly #ended: Promise<void>;
  #words = "";

  constructor(binary: FfmpegBinary, { args, script, secrets, onEnd }: StreamProcessOptions) {
    this.#child = spawnGuarded(binary.path, args);
    const { process: child, stdin, stderr } = this.#child;
    const redact = createRedactor([...secrets]);
    stderr.setEncoding("utf8").on("data", (chunk: string) => {
      this.#words = lastLines(this.#words + chunk);
    });
    this.#ended = new Promise((resolve) => {
      let ending = "did not start";
      child.on("error", (error) => {
        this.#words += error.message;
      });
      child.on("exit", (code, signal) => {
        ending = signal === null ? `exit code ${code ?? "unknown"}` : `signal ${signal}`;
      });
      child.on("close", () => {
        resolve();
        onEnd({
          ending,
          words: redact(this.#words)
            .trim()
            .replace(/\s*\n\s*/g, "; ")
            .slice(-MAX_WORDS),
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

  /** What it writes to file descriptor 3. */
  get extra(): Readable {
    return this.#child.extra;
  }

  /** Resolves once the process is gone, at the latest 1.2 s later. */
  async stop(): Promise<void> {
    const { process: child } = this.#child;
    child.kill("SIGTERM");
    const again = setTimeout(() => child.kill("SIGTERM"), SECOND_SIGNAL_MS);
    const last = setTimeout(() => child.kill("SIGKILL"), KILL_MS);
    await this.#ended;
    clearTimeout(again);
    clearTimeout(last);
  }
}

/** Whole lines only: of a line cut in two, the half of a password would not be recognised. */
function lastLines(text: string): string {
  if (text.length <= 2 * MAX_WORDS) return text;
  const lineEnd = text.indexOf("\n", text.length - 2 * MAX_WORDS);
  return lineEnd < 0 ? "" : text.slice(lineEnd + 1);
}
