import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";

/**
 * One side of a comparison, in a process of its own so that neither side's memory, threads or garbage weighs on the
 * other. A subject answers each request it is sent with one message.
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

  /** @returns what the subject answered; rejects when it ends instead */
  async ask<Answer>(request: object): Promise<Answer> {
    const answer = once(this.#child, "message");
    const ended = once(this.#child, "exit").then(([code]) => {
      throw new Error(`The subject ended with ${String(code)} instead of answering`);
    });
    this.#child.send(request);
    return (await Promise.race([answer, ended]))[0] as Answer;
  }

  async end(): Promise<void> {
    const ended = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await ended;
  }
}
