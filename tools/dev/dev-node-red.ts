import { spawn, type ChildProcess } from "node:child_process";
import { copyFile } from "node:fs/promises";
import path from "node:path";
import { root } from "../build/paths";
import { linkPackage, startNodeRed, type NodeRedProcess } from "../node-red";

export interface DevNodeRedOptions {
  userDir: string;
  /** The same at every start, so that the page in the browser can reload. */
  port: number;
  /** Receives every line of the log. */
  onLine: (line: string) => void;
}

/** A Node-RED with the package of this checkout, and a Viewtron camera that posts to it. Both can be restarted. */
export class DevNodeRed {
  readonly url: string;
  readonly #options: DevNodeRedOptions;
  #nodeRed: NodeRedProcess | undefined;
  #viewtron: ChildProcess | undefined;

  private constructor(options: DevNodeRedOptions) {
    this.#options = options;
    this.url = `http://127.0.0.1:${options.port}`;
  }

  /** Puts the package and the settings into the user directory, without starting Node-RED. */
  static async prepare(options: DevNodeRedOptions): Promise<DevNodeRed> {
    await linkPackage(options.userDir);
    await copyFile(path.join(__dirname, "settings.cjs"), path.join(options.userDir, "settings.js"));
    return new DevNodeRed(options);
  }

  async start(): Promise<void> {
    const { userDir, port, onLine } = this.#options;
    this.#nodeRed = await startNodeRed({
      userDir,
      port,
      env: { DEV_RELOAD_SCRIPT: path.join(__dirname, "reload.js") },
      onOutput: (text) => {
        for (const line of text.split("\n")) onLine(line);
      },
    });
    this.#viewtron = this.#startViewtron();
  }

  async stop(): Promise<void> {
    this.#viewtron?.kill();
    await this.#nodeRed?.stop();
    this.#nodeRed = undefined;
  }

  /** Starts a camera that posts a plate or an intrusion every 5 s. It ends when a post fails. */
  #startViewtron(): ChildProcess {
    const options = [
      "--event",
      "plate,intrusion",
      "--list",
      "strangerList",
      "--interval",
      "5",
      "--count",
      "0",
    ];
    return spawn(
      process.execPath,
      [
        ...["--require", "tsx/cjs", path.join(root, "demo/simulate.ts")],
        ...["viewtron", "--url", `${this.url}/viewtron`, ...options],
      ],
      { stdio: "ignore" },
    );
  }
}
