/** `npm run release:check -- v1.2.3` checks whether a tag can be published. It prints a line for GitHub's step output. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { root } from "./build/paths";

/**
 * Compares a tag with the version in package.json and with the changelog, which must have a dated section for it.
 *
 * @param tag `v1.2.3` or `v1.2.3-beta.1`
 * @returns npm's tag: `next` for a version with a suffix, else `latest`
 * @throws {Error} when the tag or the changelog does not match the version
 */
export function distTagOf(tag: string, version: string, changelog: string): "latest" | "next" {
  if (tag !== `v${version}`)
    throw new Error(`The tag ${tag} is not the version of package.json, ${version}. Expected: v${version}.`);
  const heading = `## [${version}] - `;
  const line = changelog.split("\n").find((text) => text.startsWith(heading));
  if (line === undefined || !/^\d{4}-\d{2}-\d{2}$/.test(line.slice(heading.length)))
    throw new Error(`CHANGELOG.md has no dated section of ${version}. Expected: "${heading}YYYY-MM-DD".`);
  return version.includes("-") ? "next" : "latest";
}

if (require.main === module) {
  const { version } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as {
    version: string;
  };
  const changelog = readFileSync(path.join(root, "CHANGELOG.md"), "utf8");
  try {
    process.stdout.write(`dist-tag=${distTagOf(process.argv[2] ?? "", version, changelog)}\n`);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}
