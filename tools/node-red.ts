import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { createServer, type AddressInfo } from "node:net";
import path from "node:path";

export interface NodeRedOptions {
  userDir: string;
  /** The node-red module's folder; the one in this checkout unless said otherwise. */
  module?: string;
  /** The Node binary that runs it; this process's own unless said otherwise. */
  nodeBinary?: string;
  /** One that is free, unless said otherwise. */
  port?: number;
  env?: NodeJS.ProcessEnv;
  onOutput?: (text: string) => void;
}

export interface NodeRedProcess {
  /** Of the editor and the admin API, without a slash at the end: `http://127.0.0.1:<port>`, then `httpAdminRoot`. */
  url: string;
  pid: number;
  /** Everything it printed so far. */
  output: () => string;
  /**
   * Waits until it has printed this, at any time since its start.
   *
   * @throws {Error} when it ends before
   */
  printed: (pattern: RegExp) => Promise<void>;
  /** Settles when the process has ended, with its exit code (null when killed). */
  ended: Promise<number | null>;
  stop: () => Promise<void>;
}

const root = path.resolve(__dirname, "..");
/** Longer than a Pi-class machine needs to load every node. */
const START_TIMEOUT_MS = 120_000;
/** Node-RED gives its nodes 15 s to close. */
const STOP_TIMEOUT_MS = 20_000;

/** A TCP port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/**
 * Starts Node-RED as its users do, with its own `node-red` command and the settings file that it finds or writes in the
 * user directory, and waits until its server listens and its flows run. It ends with this process, whatever happens.
 */
export async function startNodeRed(options: NodeRedOptions): Promise<NodeRedProcess> {
  const module = options.module ?? path.dirname(createRequire(__filename).resolve("node-red/package.json"));
  const port = options.port ?? (await freePort());
  const child = spawn(
    options.nodeBinary ?? process.execPath,
    [path.join(module, "red.js"), "--port", String(port), "--userDir", options.userDir],
    // What it prints is read here, so it must be English.
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
    const over = new AbortController();
    const early = ended.then(() => {
      throw new Error(`Node-RED ended before it had printed ${String(pattern)}:\n${output}`);
    });
    early.catch(() => undefined);
    try {
      while (!pattern.test(output)) await Promise.race([once(child, "printed", over), early]);
    } finally {
      over.abort();
    }
  }
  async function stop(): Promise<void> {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
    const slow = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
    await ended;
    clearTimeout(slow);
    guard.kill();
  }

  const address = /Server now running at (\S+)/;
  const late = setTimeout(() => child.kill("SIGKILL"), START_TIMEOUT_MS);
  try {
    await printed(address);
    // Credentials that were deployed earlier would be lost.
    await printed(/Started flows/);
  } catch (error) {
    await stop();
    throw error;
  } finally {
    clearTimeout(late);
  }
  const url = (address.exec(output)?.[1] ?? "").replace(/\/$/, "");
  return { url, pid: child.pid ?? 0, output: () => output, printed, ended, stop };
}

/** Nothing in Node-RED notices that its parent was killed, so a process does that waits for the end of its input. */
function endWithThisProcess(child: ChildProcess): ChildProcess {
  const waits = `process.stdin.resume().on("end", () => process.kill(${child.pid ?? 0}, "SIGKILL"))`;
  const guard = spawn(process.execPath, ["-e", waits], { stdio: ["pipe", "ignore", "ignore"] });
  child.once("exit", () => guard.kill());
  return guard;
}

/** Makes a user directory in which this checkout, as built, is the one installed package. */
export async function linkPackage(userDir: string): Promise<void> {
  const scope = path.join(userDir, "node_modules", "@camflows");
  await mkdir(scope, { recursive: true });
  await symlink(root, path.join(scope, "node-red-surveillance"), "junction");
  await writeFile(
    path.join(userDir, "package.json"),
    JSON.stringify({ name: "user-dir", dependencies: { "@camflows/node-red-surveillance": "*" } }),
  );
}

/** Deploys a flow, credentials included, the way the editor does. */
export async function deploy(url: string, flow: readonly object[]): Promise<void> {
  const answer = await fetch(`${url}/flows`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "Node-RED-Deployment-Type": "full" },
    body: JSON.stringify(flow),
  });
  if (!answer.ok) throw new Error(`Node-RED refused the flow: ${answer.status} ${await answer.text()}`);
}
