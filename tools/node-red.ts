import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { createServer, type AddressInfo } from "node:net";
import path from "node:path";

export interface NodeRedOptions {
  userDir: string;
  /** The folder of the node-red module. @default the one in this checkout */
  module?: string;
  /** The Node.js binary that runs it. @default the one of this process */
  nodeBinary?: string;
  /** @default a free port */
  port?: number;
  env?: NodeJS.ProcessEnv;
  /** A command that runs the command after it, in the same process: for instance with a limit. */
  launcher?: readonly string[];
  onOutput?: (text: string) => void;
}

export interface NodeRedProcess {
  /** The address of the editor and the admin API, without a slash at the end: `http://127.0.0.1:<port><httpAdminRoot>` */
  url: string;
  pid: number;
  /** Returns its output so far. */
  output: () => string;
  /**
   * Waits until its output matches. Output since the start counts.
   *
   * @throws {Error} when it ends first
   */
  printed: (pattern: RegExp) => Promise<void>;
  /** Resolves with the exit code when the process ends, with null when it was killed. */
  ended: Promise<number | null>;
  stop: () => Promise<void>;
}

const root = path.resolve(__dirname, "..");
/** A Raspberry Pi needs less to load every node. */
const START_TIMEOUT_MS = 120_000;
/** Node-RED allows its nodes 15 s to close. */
const STOP_TIMEOUT_MS = 20_000;

/**
 * Returns a free TCP port.
 *
 * @param required the only port that will do; 0 means any
 * @throws {Error} when that port is in use
 */
export async function freePort(required = 0): Promise<number> {
  const server = createServer().listen(required);
  await once(server, "listening").catch((error: unknown) => {
    throw new Error(`Port ${required} is not free. Choose another one with --port.`, { cause: error });
  });
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/**
 * Starts Node-RED with its own command, with the settings file of the user directory or the default one. Waits until the
 * server listens and the flows run. Node-RED ends when this process ends, even when it is killed.
 *
 * @throws {Error} when Node-RED ends first; the message has its output
 */
export async function startNodeRed(options: NodeRedOptions): Promise<NodeRedProcess> {
  const module = options.module ?? path.dirname(createRequire(__filename).resolve("node-red/package.json"));
  const port = options.port ?? (await freePort());
  const command = [
    ...(options.launcher ?? []),
    ...[options.nodeBinary ?? process.execPath, path.join(module, "red.js")],
    ...["--port", String(port), "--userDir", options.userDir],
  ];
  const child = spawn(
    command[0] ?? "",
    command.slice(1),
    // The code below reads the output, which must be English.
    { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, LC_ALL: "C", ...options.env } },
  );
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      options.onOutput?.(text);
      child.emit("printed");
    });
  }
  const ended = once(child, "exit").then(([code]) => code as number | null);
  const guard = endWithThisProcess(child);

  async function printed(pattern: RegExp): Promise<void> {
    const done = new AbortController();
    const ending = ended.then(() => {
      throw new Error(`Node-RED ended without the output ${String(pattern)}:\n${output}`);
    });
    ending.catch(() => undefined);
    try {
      while (!pattern.test(output)) await Promise.race([once(child, "printed", done), ending]);
    } finally {
      done.abort();
    }
  }
  async function stop(): Promise<void> {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
    const timeout = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
    await ended;
    clearTimeout(timeout);
    guard.kill();
  }

  const address = /Server now running at (\S+)/;
  const startTimeout = setTimeout(() => child.kill("SIGKILL"), START_TIMEOUT_MS);
  try {
    await printed(address);
    // Node-RED loses credentials that are deployed before this.
    await printed(/Started flows/);
  } catch (error) {
    await stop();
    throw error;
  } finally {
    clearTimeout(startTimeout);
  }
  const url = (address.exec(output)?.[1] ?? "").replace(/\/$/, "");
  return { url, pid: child.pid ?? 0, output: () => output, printed, ended, stop };
}

/** Starts a process that kills Node-RED at the end of its own input: Node-RED does not notice the end of its parent. */
function endWithThisProcess(child: ChildProcess): ChildProcess {
  const program = `process.stdin.resume().on("end", () => process.kill(${child.pid ?? 0}, "SIGKILL"))`;
  const guard = spawn(process.execPath, ["-e", program], { stdio: ["pipe", "ignore", "ignore"] });
  child.once("exit", () => guard.kill());
  return guard;
}

/** Prepares a user directory in which this checkout, with its `dist/`, is the only installed package. */
export async function linkPackage(userDir: string): Promise<void> {
  const scope = path.join(userDir, "node_modules", "@camflows");
  await mkdir(scope, { recursive: true });
  await symlink(root, path.join(scope, "node-red-surveillance"), "junction");
  await writeFile(
    path.join(userDir, "package.json"),
    JSON.stringify({ name: "user-dir", dependencies: { "@camflows/node-red-surveillance": "*" } }),
  );
}

/**
 * Deploys a flow with its credentials, with the request of the editor.
 *
 * @throws {Error} when Node-RED rejects it
 */
export async function deploy(url: string, flow: readonly object[]): Promise<void> {
  const response = await fetch(`${url}/flows`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "Node-RED-Deployment-Type": "full" },
    body: JSON.stringify(flow),
  });
  if (!response.ok) throw new Error(`Node-RED refused the flow: ${response.status} ${await response.text()}`);
}
