/**
 * `npm run soak`: all sources, detection and the archive in a real Node-RED with the packed package, with a fault every
 * few seconds.
 *
 *     npm run soak                     10 minutes
 *     npm run soak -- --minutes 2      the run of CI
 *     npm run soak -- --seed 7         the same faults again
 */
import { spawnSync } from "node:child_process";
import path from "node:path";
import { parseArgs } from "node:util";

const { values } = parseArgs({ options: { minutes: { type: "string" }, seed: { type: "string" } } });
const root = path.resolve(__dirname, "../..");
const { status } = spawnSync(
  process.execPath,
  ["--require", "tsx/cjs", path.join(root, "tools/run-tests.ts"), "soak"],
  {
    cwd: root,
    stdio: "inherit",
    env: {
      ...process.env,
      ...(values.minutes !== undefined && { SOAK_MINUTES: values.minutes }),
      ...(values.seed !== undefined && { SOAK_SEED: values.seed }),
    },
  },
);
process.exitCode = status ?? 1;
