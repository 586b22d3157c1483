import { existsSync, statSync } from "node:fs";
import path from "node:path";

/** What mocha is to run. */
export interface ChosenTests {
  /** Files, or patterns of files, relative to the checkout, with `/` on every platform. */
  specs: string[];
  /** What mocha itself understands, in the order given. */
  options: string[];
  /** Some of them run the packed package, which needs `dist/`. */
  needsBuild: boolean;
}

/** The folders of test/ whose tests run on the sources. */
const onSources = ["src", "nodes", "servers", "tools"];
const onTheBuild = ["package", "browser", "acceptance"];
/** The value of these may be spelled like a folder of test/. */
const takesText = new Set(["-g", "--grep", "-f", "--fgrep"]);
const allTests = "**/*.test.ts";

/**
 * Tells the tests from mocha's options on a command line. A test is a file, a folder, or the name of a folder of test/.
 * Without one, it is every test that needs no build.
 *
 * @param args the command line
 * @param root the checkout
 * @throws {Error} naming a test file that does not exist
 */
export function chooseTests(args: readonly string[], root: string): ChosenTests {
  const specs: string[] = [];
  const options: string[] = [];
  args.forEach((arg, index) => {
    const isValue = takesText.has(args[index - 1] ?? "");
    const spec = isValue || arg.startsWith("-") ? undefined : specOf(arg, root);
    if (spec === undefined) options.push(arg);
    else specs.push(spec);
  });
  if (specs.length === 0) specs.push(...onSources.map((folder) => `test/${folder}/${allTests}`));
  // Node-RED's files are not what a changed source needs to run again.
  if (options.includes("--watch") || options.includes("-w")) options.push("--watch-files", "src,nodes,test");
  const needsBuild = specs.some((spec) => onTheBuild.some((folder) => spec.startsWith(`test/${folder}/`)));
  return { specs, options, needsBuild };
}

/** @returns undefined for what is not a test */
function specOf(arg: string, root: string): string | undefined {
  const places = [path.resolve(root, arg), path.resolve(root, "test", arg)];
  const place = places.find((candidate) => {
    const relative = path.relative(path.join(root, "test"), candidate);
    return !relative.startsWith("..") && !path.isAbsolute(relative) && existsSync(candidate);
  });
  if (place === undefined) {
    if (arg.endsWith(".test.ts")) throw new Error(`Test file not found: ${arg}`);
    return undefined;
  }
  const spec = path.relative(root, place).split(path.sep).join("/");
  return statSync(place).isDirectory() ? `${spec}/${allTests}` : spec;
}
