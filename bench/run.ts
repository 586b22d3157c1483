/** `npm run bench [-- name …]` measures the package and prints tables, with the alternatives in the same run. */
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import path from "node:path";
import { machine } from "./support/table";

const all = readdirSync(__dirname)
  .filter((file) => file.endsWith(".bench.ts"))
  .map((file) => file.replace(".bench.ts", ""));
const chosen = process.argv.slice(2);
const unknown = chosen.filter((name) => !all.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`Unknown bench: ${unknown.join(", ")}. Benches: ${all.join(", ")}.\n`);
  process.exit(2);
}

process.stdout.write(`Machine: ${machine()}\n`);
const build = spawnSync(
  process.execPath,
  ["--require", "tsx/cjs", path.join(__dirname, "../tools/build.ts")],
  { stdio: "inherit" },
);
if (build.status !== 0) process.exit(1);
// Each bench has its own process, so that memory of one does not slow down the next.
const failed = (chosen.length > 0 ? chosen : all).filter((name) => {
  const script = path.join(__dirname, `${name}.bench.ts`);
  return spawnSync(process.execPath, ["--require", "tsx/cjs", script], { stdio: "inherit" }).status !== 0;
});
if (failed.length > 0) {
  process.stdout.write(`\nOut of bounds or failed: ${failed.join(", ")}\n`);
  process.exitCode = 1;
}
