import { existsSync, statSync } from "node:fs";
import path from "node:path";

/** The tests that mocha runs. */
export interface ChosenTests {
  /** Files, or patterns of files, relative to the checkout, with `/` on every platform. */
  specs: string[];
  /** The arguments for mocha itself, in their order. */
  options: string[];
  /** Whether some of the tests need `dist/`. */
  needsBuild: boolean;
}

/** Folders of test/ whose tests run on the sources. */
const sourceFolders = ["src", "nodes", "servers", "tools", "fuzz"];
/** Folders of test/ whose tests read `dist/` or the packed package. */
const buildFolders = ["build", "dev", "package", "browser", "acceptance", "soak"];
/** Options of mocha whose value may have the name of a folder of test/. */
const textOptions = new Set(["-g", "--grep", "-f", "--fgrep"]);
const allTests = "**/*.test.ts";

/**
 * Separates tests from mocha's options on a command line. A test is a file, a folder, or the name of a folder of test/.
 * The default is every test that needs no build.
 *
 * @param args the command line
 * @param root the checkout
 * @throws {Error} when a test does not exist; the message names it
 */
export function chooseTests(args: readonly string[], root: string): ChosenTests {
  const specs: string[] = [];
  const options: string[] = [];
  args.forEach((arg, index) => {
    const before = args[index - 1] ?? "";
    const spec = textOptions.has(before) || arg.startsWith("-") ? undefined : specOf(arg, root);
    if (spec !== undefined) specs.push(spec);
    else if (arg.startsWith("-") || before.startsWith("-")) options.push(arg);
    else throw new Error(`Test not found: ${arg}. Name a file, a folder, or a folder of test/.`);
  });
  if (specs.length === 0) specs.push(...sourceFolders.map((folder) => `test/${folder}/${allTests}`));
  // Without this, mocha also watches the folders that Node-RED writes.
  if (options.includes("--watch") || options.includes("-w")) options.push("--watch-files", "src,nodes,test");
  const needsBuild = specs.some((spec) => buildFolders.some((folder) => spec.startsWith(`test/${folder}/`)));
  return { specs, options, needsBuild };
}

/** @returns undefined when the argument is not a test */
function specOf(arg: string, root: string): string | undefined {
  const places = [path.resolve(root, arg), path.resolve(root, "test", arg)];
  const place = places.find((candidate) => {
    const relative = path.relative(path.join(root, "test"), candidate);
    return !relative.startsWith("..") && !path.isAbsolute(relative) && existsSync(candidate);
  });
  if (place === undefined) return undefined;
  const spec = path.relative(root, place).split(path.sep).join("/");
  return statSync(place).isDirectory() ? `${spec}/${allTests}` : spec;
}
