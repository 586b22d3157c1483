import { execFile } from "node:child_process";
import { copyFile, mkdtemp, readFile, readdir, rm, symlink, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { after } from "mocha";
import { provideFfmpeg } from "../../tools/ffmpeg";
import { startNodeRed, type NodeRedProcess } from "../../tools/node-red";

const run = promisify(execFile);
const root = path.resolve(__dirname, "../..");
export const packageName = "@camflows/node-red-surveillance";
/** What the examples need that say so in their name. */
const DASHBOARD = "@flowfuse/node-red-dashboard@1.31.0";

/**
 * What a user has installed: the packed package with what npm installs beside it, the same with Dashboard 2, or the
 * package on a machine where no native package can be installed and no ffmpeg is found.
 */
export type Installation = "complete" | "dashboard" | "bare";

const installArguments: Readonly<Record<Installation, readonly string[]>> = {
  complete: [],
  dashboard: [DASHBOARD],
  bare: ["--omit=optional"],
};

export interface WorldOptions {
  installation?: Installation;
  /** Edits the settings file that Node-RED has written, as its user would. */
  settings?: (written: string) => string;
  /** What its user deployed before this start, with its credentials by node. */
  flow?: readonly object[];
  credentials?: object;
  port?: number;
  env?: NodeJS.ProcessEnv;
}

export interface World extends NodeRedProcess {
  userDir: string;
  /** Where its HTTP server listens: protocol, host and port. */
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
 * A folder in which npm has installed the packed package, once per run.
 *
 * @returns its path; it holds `package.json` and `node_modules`
 */
export function installation(kind: Installation): Promise<string> {
  let folder = installed.get(kind);
  if (folder === undefined) {
    folder = install(kind);
    installed.set(kind, folder);
  }
  return folder;
}

/** The packed package's file, packed once per run. */
export function tarball(): Promise<string> {
  packed ??= pack();
  return packed;
}

async function install(kind: Installation): Promise<string> {
  const folder = await newFolder("installed-");
  await writeFile(path.join(folder, "package.json"), JSON.stringify({ name: "node-red-project" }));
  const usual = ["--prefer-offline", "--no-audit", "--no-fund", "--save"];
  await run("npm", ["install", await tarball(), ...installArguments[kind], ...usual], {
    cwd: folder,
    shell: process.platform === "win32",
    // Its install script fetches CUDA libraries from another site; the CPU build is in the package.
    env: { ...process.env, npm_config_onnxruntime_node_install: "skip" },
  });
  return folder;
}

/** Packs what `npm run build` has built. */
async function pack(): Promise<string> {
  const folder = await newFolder("packed-");
  await run("npm", ["pack", "--ignore-scripts", "--pack-destination", folder], {
    cwd: root,
    shell: process.platform === "win32",
  });
  const [file = ""] = await readdir(folder);
  return path.join(folder, file);
}

/** Starts a Node-RED in a fresh user directory; it is stopped at the end of the run at the latest. */
export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const { installation: kind = "complete", settings, flow, credentials = {}, port, env } = options;
  const from = await installation(kind);
  const userDir = await newFolder("user-");
  await copyFile(path.join(from, "package.json"), path.join(userDir, "package.json"));
  await symlink(path.join(from, "node_modules"), path.join(userDir, "node_modules"), "junction");
  if (settings !== undefined) {
    settingsFile ??= writtenSettings();
    const written = await readFile(await settingsFile, "utf8");
    const edited = settings(written);
    if (edited === written) throw new Error("The settings file has not the lines that were to be edited.");
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

/** NODE_RED_MODULE and NODE_BINARY put another Node-RED and another Node in the place of the checkout's. */
function chosenNodeRed(): { module?: string; nodeBinary?: string } {
  const { NODE_RED_MODULE: module, NODE_BINARY: nodeBinary } = process.env;
  return { ...(module && { module }), ...(nodeBinary && { nodeBinary }) };
}

/** The settings file as Node-RED writes it in a user directory that has none. */
async function writtenSettings(): Promise<string> {
  const userDir = await newFolder("settings-");
  const nodeRed = await startNodeRed({ userDir, ...chosenNodeRed() });
  await nodeRed.stop();
  return path.join(userDir, "settings.js");
}

/** A PATH on which there is nothing but Node, and no other word about ffmpeg. */
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
