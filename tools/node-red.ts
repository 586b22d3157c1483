import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";

export interface NodeRedOptions {
  userDir: string;
  /** The node-red module's folder; the one in this checkout unless said otherwise. */
  module?: string;
  /** The Node binary that runs it; this process's own unless said otherwise. */
  nodeBinary?: string;
  port?: number;
  env?: NodeJS.ProcessEnv;
  onOutput?: (text: string) => void;
}

export interface NodeRedProcess {
  /** `http://127.0.0.1:<port>`: editor, admin API and HTTP nodes. */
  url: string;
  pid: number;
  /** Everything it printed so far. */
  output: () => string;
  /** Settles when the process has ended, with its exit code (null when killed). */
  ended: Promise<number | null>;
  stop: () => Promise<void>;
}

const root = path.resolve(__dirname, "..");
/** Longer than a Pi-class machine needs to load every node. */
const START_TIMEOUT_MS = 120_000;

/** Starts a real Node-RED in a process of its own and waits until its editor answers. */
export async function startNodeRed(options: NodeRedOptions): Promise<NodeRedProcess> {
  const module = options.module ?? path.dirname(createRequire(__filename).resolve("node-red/package.json"));
  const child = fork(
    path.join(__dirname, "node-red-host.cjs"),
    [module, options.userDir, String(options.port ?? 0)],
    {
      execPath: options.nodeBinary ?? process.execPath,
      execArgv: [],
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      env: { ...process.env, ...options.env },
    },
  );
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      options.onOutput?.(text);
    });
  }
  const ended = once(child, "exit").then(([code]) => code as number | null);
  const started = await Promise.race([
    once(child, "message", { signal: AbortSignal.timeout(START_TIMEOUT_MS) }).then(
      ([said]) => said as { port: number },
    ),
    ended.then(() => undefined),
  ]);
  if (started === undefined) throw new Error(`Node-RED ended before it had started:\n${output}`);

  return {
    url: `http://127.0.0.1:${started.port}`,
    pid: child.pid ?? 0,
    output: () => output,
    ended,
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
      await ended;
    },
  };
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
