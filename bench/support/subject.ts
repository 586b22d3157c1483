import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";

/**
 * One side of a comparison. Each side runs in its own process, so that memory, threads and garbage collection of one do
 * not slow down the other. A subject sends one response to each request.
 */
export class Subject {
  readonly #child: ChildProcess;

  constructor(script: string, args: readonly string[]) {
    this.#child = fork(script, args, {
      execArgv: ["--require", "tsx/cjs", "--expose-gc"],
      env: { ...process.env, NODE_ENV: "production" },
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Sends a request and returns the response. @throws {Error} when the subject ends first */
  async request<Response>(request: object): Promise<Response> {
    const done = new AbortController();
    const { signal } = done;
    const response = once(this.#child, "message", { signal });
    const ended = once(this.#child, "exit", { signal }).then(([code]) => {
      throw new Error(`The subject ended with ${String(code)} before its response`);
    });
    this.#child.send(request);
    try {
      return (await Promise.race([response, ended]))[0] as Response;
    } finally {
      // The other promise would reject without a handler.
      for (const promise of [response, ended]) promise.catch(() => undefined);
      done.abort();
    }
  }

  async end(): Promise<void> {
    const ended = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await ended;
  }
}
