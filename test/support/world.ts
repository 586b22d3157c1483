import { execFile } from "node:child_process";
import { copyFile, mkdtemp, readFile, readdir, rm, symlink, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { after } from "mocha";
import { provideFfmpeg } from "../../tools/ffmpeg";
import { startNodeRed, type NodeRedProcess } from "../../tools/node-red";
import { chosenNodeRed } from "./chosen-node-red";

const run = promisify(execFile);
const root = path.resolve(__dirname, "../..");
export const packageName = "@camflows/node-red-surveillance";
/** The package for the examples whose name says that they need it. */
const DASHBOARD = "@flowfuse/node-red-dashboard@1.31.0";

/**
 * What a user has installed: the packed package with its dependencies, the same with Dashboard 2, or the package on a
 * machine without native packages and without ffmpeg.
 */
export type Installation = "complete" | "dashboard" | "bare";

const installArguments: Readonly<Record<Installation, readonly string[]>> = {
  complete: [],
  dashboard: [DASHBOARD],
  bare: ["--omit=optional"],
};

export interface WorldOptions {
  installation?: Installation;
  /** Edits the default settings file of Node-RED. */
  settings?: (written: string) => string;
  /** The flow that was deployed before this start, with its credentials by node. */
  flow?: readonly object[];
  credentials?: object;
  port?: number;
  env?: NodeJS.ProcessEnv;
}

export interface World extends NodeRedProcess {
  userDir: string;
  /** Protocol, host and port of its HTTP server. */
  origin: string;
}

const folders: string[] = [];
const running = new Set<World>();
let packed: Promise<string> | undefined;
let settingsFile: Promise<string> | undefined;
const installed = new Map<Installation, Promise<string>>();

after(async function () {
  this.timeout(30_000);
  await Promise.all([...running].map((world) => world.stop()));
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
});

/**
 * Installs the packed package with npm, once per run.
 *
 * @returns the folder with `package.json` and `node_modules`
 */
export function installation(kind: Installation): Promise<string> {
  let folder = installed.get(kind);
  if (folder === undefined) {
    folder = install(kind);
    installed.set(kind, folder);
  }
  return folder;
}

/** Packs the package, once per run. @returns the path of the tarball */
export function tarball(): Promise<string> {
  packed ??= pack();
  return packed;
}

async function install(kind: Installation): Promise<string> {
  const folder = await newFolder("installed-");
  await writeFile(path.join(folder, "package.json"), JSON.stringify({ name: "node-red-project" }));
  const defaults = ["--prefer-offline", "--no-audit", "--no-fund", "--save"];
  await run("npm", ["install", await tarball(), ...installArguments[kind], ...defaults], {
    cwd: folder,
    shell: process.platform === "win32",
    // The install script of onnxruntime-node downloads CUDA libraries. The package has the CPU build.
    env: { ...process.env, npm_config_onnxruntime_node_install: "skip" },
  });
  return folder;
}

/** Packs the current `dist/`. */
async function pack(): Promise<string> {
  const folder = await newFolder("packed-");
  await run("npm", ["pack", "--ignore-scripts", "--pack-destination", folder], {
    cwd: root,
    shell: process.platform === "win32",
  });
  const [file = ""] = await readdir(folder);
  return path.join(folder, file);
}

/** Makes a user directory in which the package is installed. */
export async function installInto(userDir: string, kind: Installation = "complete"): Promise<void> {
  const from = await installation(kind);
  await copyFile(path.join(from, "package.json"), path.join(userDir, "package.json"));
  await symlink(path.join(from, "node_modules"), path.join(userDir, "node_modules"), "junction");
}

/** Starts a Node-RED in a new user directory. It stops at the end of the run at the latest. */
export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const { installation: kind = "complete", settings, flow, credentials = {}, port, env } = options;
  const userDir = await newFolder("user-");
  await installInto(userDir, kind);
  if (settings !== undefined) {
    settingsFile ??= writtenSettings();
    const written = await readFile(await settingsFile, "utf8");
    const edited = settings(written);
    if (edited === written) throw new Error("The settings file does not have the lines to edit.");
    await writeFile(path.join(userDir, "settings.js"), edited);
  }
  if (flow !== undefined) {
    await writeFile(path.join(userDir, "flows.json"), JSON.stringify(flow));
    await writeFile(path.join(userDir, "flows_cred.json"), JSON.stringify(credentials));
  }
  const nodeRed = await startNodeRed({
    userDir,
    ...chosenNodeRed(),
    ...(port !== undefined && { port }),
    env: { ...(kind === "bare" ? await withoutFfmpeg() : { FFMPEG_PATH: await provideFfmpeg() }), ...env },
  });
  const world: World = {
    ...nodeRed,
    userDir,
    origin: new URL(nodeRed.url).origin,
    stop: async () => {
      running.delete(world);
      await nodeRed.stop();
    },
  };
  running.add(world);
  return world;
}

/** Returns the default settings file, which Node-RED writes at its first start. */
async function writtenSettings(): Promise<string> {
  const userDir = await newFolder("settings-");
  const nodeRed = await startNodeRed({ userDir, ...chosenNodeRed() });
  await nodeRed.stop();
  return path.join(userDir, "settings.js");
}

/** Returns an environment in which the nodes do not find ffmpeg: a PATH with Node.js only. */
async function withoutFfmpeg(): Promise<NodeJS.ProcessEnv> {
  const bin = await newFolder("bin-");
  await symlink(process.execPath, path.join(bin, "node"));
  return { PATH: bin, FFMPEG_PATH: "" };
}

async function newFolder(prefix: string): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), prefix));
  folders.push(folder);
  return folder;
}
