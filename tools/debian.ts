import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { cacheDir } from "./cache";

const run = promisify(execFile);

/** A server that tests start as a child process. */
export interface DebianServer {
  path: string;
  /** What its environment needs in addition: the folder of its libraries. */
  env: Readonly<Record<string, string>>;
}

interface Packaged {
  binary: string;
  package: string;
  /** Those of the package's dependencies that a slim system lacks. Their numbers differ between releases. */
  libraries: RegExp;
  /** Arguments that make it show its version and end. */
  version: readonly string[];
}

const packages = {
  nats: { binary: "nats-server", package: "nats-server", libraries: /^$/, version: ["--version"] },
  mosquitto: {
    binary: "mosquitto",
    package: "mosquitto",
    libraries: /^lib(cjson|dlt|mosquitto|websockets|wrap)\d/,
    version: ["-h"],
  },
} satisfies Record<string, Packaged>;

export type ServerName = keyof typeof packages;

interface Places {
  /** Folders that are searched. Default: those of PATH, and those where Debian installs servers */
  search?: readonly string[];
  cache?: string;
  /** Runs a program. Default: `execFile` */
  execute?: (command: string, args: string[], options: object) => Promise<{ stdout: string }>;
}

/** Finds a nats-server, as `provideServer` does. */
export function provideNatsServer(log?: (line: string) => void): Promise<DebianServer> {
  return provideServer("nats", log);
}

/** Finds a mosquitto, as `provideServer` does. */
export function provideMosquitto(log?: (line: string) => void): Promise<DebianServer> {
  return provideServer("mosquitto", log);
}

/**
 * Finds a server for the tests and the bench: the installed one, or, on Debian and its relatives, one out of the
 * distribution's packages. They are unpacked into the cache. Nothing is installed, no service starts, and no
 * administrator is needed. apt compares the checksums.
 *
 * @param log receives a line with the path, and one before a download starts
 * @throws {Error} when it is not installed and cannot be downloaded
 */
export async function provideServer(
  name: ServerName,
  log: (line: string) => void = () => undefined,
  { search = searchPath(), cache = cacheDir, execute = run }: Places = {},
): Promise<DebianServer> {
  const { binary, package: main, libraries, version } = packages[name];
  const file = process.platform === "win32" ? `${binary}.exe` : binary;
  const installed = search.map((folder) => path.join(folder, file)).find((place) => existsSync(place));
  if (installed !== undefined) {
    log(`${binary}: ${installed}`);
    return { path: installed, env: {} };
  }
  const folder = path.join(cache, `debian-${main}-${process.arch}`);
  const cached = existsSync(folder);
  if (!cached) {
    log(`${binary}: not found, downloading it with apt-get (once)`);
    await download(main, libraries, folder, execute);
  }
  const found = await unpackedServer(folder, binary);
  const failure = await failureOf(found, version);
  if (failure !== undefined) throw new Error(`${found.path} does not start.\n${failure}`);
  log(`${binary}: ${found.path}, ${cached ? "from the cache" : "stored in the cache"}`);
  return found;
}

function searchPath(): string[] {
  const own = (process.env.PATH ?? "").split(path.delimiter).filter((folder) => folder !== "");
  return process.platform === "win32" ? own : [...own, "/usr/local/sbin", "/usr/sbin"];
}

/** Downloads a package and its libraries, and unpacks them into a folder. */
async function download(
  main: string,
  libraries: RegExp,
  folder: string,
  execute: NonNullable<Places["execute"]>,
): Promise<void> {
  const parent = path.dirname(folder);
  await mkdir(parent, { recursive: true });
  const work = await mkdtemp(path.join(parent, "fetch-"));
  try {
    const { stdout } = await execute("apt-cache", ["depends", main], {});
    const needed = [...stdout.matchAll(/^ *\|?Depends: (\S+)$/gm)].map(([, library = ""]) => library);
    await execute("apt-get", ["download", main, ...needed.filter((library) => libraries.test(library))], {
      cwd: work,
    });
    const unpacked = path.join(work, "unpacked");
    for (const archive of await readdir(work))
      if (archive.endsWith(".deb")) await execute("dpkg", ["-x", path.join(work, archive), unpacked], {});
    // Another process may have been faster.
    await rename(unpacked, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
  } catch (error) {
    const { code, stderr = "" } = error as { code?: unknown; stderr?: string };
    throw new Error(
      code === "ENOENT"
        ? `${main} is not installed, and this system has no apt-get. Install ${main}.`
        : `${main} is not installed, and apt-get cannot download it. Install ${main}, or run "apt-get update".\n${stderr.trim()}`,
      { cause: error },
    );
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function unpackedServer(folder: string, binary: string): Promise<DebianServer> {
  const libraries = path.join(folder, "usr", "lib");
  const folders = existsSync(libraries) ? await readdir(libraries) : [];
  const paths = folders
    .filter((name) => name.includes("-linux-"))
    .map((triplet) => path.join(libraries, triplet));
  const places = ["sbin", "bin"].map((bin) => path.join(folder, "usr", bin, binary));
  const found = places.find((place) => existsSync(place));
  if (found === undefined) throw new Error(`The package in ${folder} has no ${binary}.`);
  return { path: found, env: paths.length === 0 ? {} : { LD_LIBRARY_PATH: paths.join(":") } };
}

/** Runs a server until it has shown its version. Its exit code says nothing: mosquitto ends with 3. */
async function failureOf(
  { path: file, env }: DebianServer,
  args: readonly string[],
): Promise<string | undefined> {
  const options = { env: { ...process.env, ...env }, timeout: 10_000 };
  const output = await run(file, [...args], options).catch((error: unknown) => error as { stdout?: string });
  return /\d+\.\d+\.\d+/.test(output.stdout ?? "")
    ? undefined
    : output instanceof Error
      ? output.message
      : "It shows no version.";
}

async function main(): Promise<void> {
  const say = (line: string): void => {
    process.stderr.write(`${line}\n`);
  };
  await provideNatsServer(say);
  await provideMosquitto(say);
}

if (require.main === module)
  main().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
