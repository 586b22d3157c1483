import { setTimeout as delay } from "node:timers/promises";
import { startNodeRed, type NodeRedProcess } from "../../../tools/node-red";
import { chosenNodeRed } from "../chosen-node-red";

/** A process that is killed without warning and started again with what is on its disk. */
export interface Killable {
  name: string;
  start(): Promise<void>;
  /** SIGKILL. Resolves when the process is gone. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** The `node-red` command with one user directory and one port over all its lives. */
export class KillableNodeRed implements Killable {
  #process: NodeRedProcess | undefined;

  /** @param userDir has the package and `flows.json` */
  constructor(
    readonly name: string,
    readonly userDir: string,
    readonly port: number,
    readonly env: NodeJS.ProcessEnv = {},
  ) {}

  get url(): string {
    return this.#process?.url ?? "";
  }

  get output(): string {
    return this.#process?.output() ?? "";
  }

  async start(): Promise<void> {
    const { userDir, port, env } = this;
    this.#process = await startNodeRed({ userDir, port, env, ...chosenNodeRed() });
  }

  async kill(): Promise<void> {
    if (this.#process === undefined) return;
    process.kill(this.#process.pid, "SIGKILL");
    await this.#process.ended;
    this.#process = undefined;
  }

  async stop(): Promise<void> {
    await this.#process?.stop();
    this.#process = undefined;
  }
}

/** Kills a process after a delay and starts it again after another one, milliseconds. */
export async function killOnce(victim: Killable, afterMs: number, downMs: number): Promise<void> {
  await delay(afterMs);
  await victim.kill();
  await delay(downMs);
  await victim.start();
}
