import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { DebianServer } from "../../tools/debian";
import { freePort } from "../../tools/node-red";

const START_TIMEOUT_MS = 10_000;

/** A real mosquitto with its own folder. It keeps its port and its stored messages over all its lives. */
export class Mosquitto {
  readonly name = "mosquitto";
  #process: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    readonly folder: string,
    readonly server: DebianServer,
  ) {}

  /** @param server from `debianServer` or `provideMosquitto` */
  static async begin(server: DebianServer): Promise<Mosquitto> {
    const folder = await mkdtemp(path.join(os.tmpdir(), "mosquitto-"));
    const broker = new Mosquitto(await freePort(), folder, server);
    await writeFile(broker.#config, broker.#settings());
    await broker.start();
    return broker;
  }

  get url(): string {
    return `mqtt://127.0.0.1:${this.port}`;
  }

  get #config(): string {
    return path.join(this.folder, "mosquitto.conf");
  }

  #settings(): string {
    return [
      `listener ${this.port} 127.0.0.1`,
      "allow_anonymous true",
      // An administrator's mosquitto continues as another user, who cannot write into the folder.
      `user ${os.userInfo().username}`,
      "persistence true",
      `persistence_location ${this.folder}${path.sep}`,
      // The default of 1000 is below the load of the bench.
      "max_queued_messages 100000",
      "",
    ].join("\n");
  }

  /** Starts it, for the first time or again. Resolves when it listens. */
  async start(): Promise<void> {
    const { path: binary, env } = this.server;
    const child = spawn(binary, ["-c", this.#config], {
      env: { ...process.env, ...env },
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.#process = child;
    let output = "";
    const running = new Promise<boolean>((resolve) => {
      child.stderr.setEncoding("utf8").on("data", (text: string) => {
        output = (output + text).slice(-4_000);
        if (/version \S+ running/.test(output)) resolve(true);
      });
      child.once("exit", () => {
        resolve(false);
      });
    });
    const timeout = setTimeout(() => child.kill("SIGKILL"), START_TIMEOUT_MS);
    const started = await running;
    clearTimeout(timeout);
    if (!started) throw new Error(`mosquitto does not start.\n${output}`);
  }

  /** Ends it as a crash does. */
  kill(): Promise<void> {
    return this.#end("SIGKILL");
  }

  /** Ends it as an administrator does: it stores its messages first. */
  stop(): Promise<void> {
    return this.#end("SIGTERM");
  }

  /** Ends it and removes its files. */
  async remove(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill(signal);
    await ended;
  }
}
