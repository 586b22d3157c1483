/**
 * `npm run dev`: the demo's devices and a Node-RED with the example flows. After each change of a source it builds what is
 * made of it, starts Node-RED again, and the editor's page reloads itself.
 */
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { runCommand, say, type Command } from "../../demo/command";
import { exampleFlow } from "../../demo/flow";
import { startSite } from "../../demo/site";
import { isBuildFresh } from "../build/fresh";
import { buildPackage } from "../build/package";
import { root } from "../build/paths";
import { deploy, freePort } from "../node-red";
import { changes } from "./changes";
import { DevNodeRed } from "./dev-node-red";
import { Rebuild } from "./rebuild";

const watched = ["src", "nodes", "icons", "locales", "examples", "package.json"];
const viewtronExample = "30 Gate opens for a listed plate.json";
/** Lines of Node-RED's log that say that a node does not work. */
const trouble = /\[(warn|error)\]/;

async function main(command: Command): Promise<void> {
  const { options, cleanUps } = command;
  if (options.once) throw new Error("--once is an option of npm run demo.");
  const userDir = await mkdtemp(path.join(os.tmpdir(), "surveillance-dev-"));
  cleanUps.push(() => rm(userDir, { recursive: true, force: true }));

  if (!(await isBuildFresh(root))) {
    say("· building the package");
    await buildPackage();
  }
  const rebuild = new Rebuild();
  await rebuild.prepare();
  const { flow } = await startSite(command, userDir);

  let quiet = true;
  const nodeRed = await DevNodeRed.prepare({
    userDir,
    port: options.port === 0 ? await freePort() : options.port,
    onLine: (line) => {
      if (!quiet && trouble.test(line)) say(`  ${line}`);
    },
  });
  const watching = new AbortController();
  let step: Promise<unknown> = Promise.resolve();
  cleanUps.push(async () => {
    watching.abort();
    // What is being started can be stopped only then.
    await step.catch(() => undefined);
    await nodeRed.stop();
  });

  step = nodeRed.start();
  await step;
  await deploy(nodeRed.url, [...flow, ...(await exampleFlow(viewtronExample))]);
  quiet = false;
  say(`· Viewtron camera: posts to ${nodeRed.url}/viewtron every 5 s`);
  say(`\nEditor: ${nodeRed.url}   Ctrl-C ends everything.\n`);

  for await (const changed of changes(root, watched, watching.signal)) {
    step = update(nodeRed, rebuild, changed);
    await step;
  }
}

/** Builds, and starts Node-RED again. What cannot be built leaves the Node-RED that runs as it is. */
async function update(nodeRed: DevNodeRed, rebuild: Rebuild, changed: readonly string[]): Promise<void> {
  const began = performance.now();
  const seconds = (): string => ((performance.now() - began) / 1000).toFixed(1);
  const [first = ""] = changed;
  const what = changed.length === 1 ? first : `${first} and ${changed.length - 1} more`;
  try {
    await rebuild.run(changed);
  } catch (error) {
    say(`✗ ${what}: not built\n${(error as Error).message}`);
    return;
  }
  const built = seconds();
  await nodeRed.stop();
  try {
    await nodeRed.start();
    say(`✓ ${what}: built in ${built} s, Node-RED is back after ${seconds()} s`);
  } catch (error) {
    say(
      `✗ ${what}: Node-RED does not start; it is tried again after the next change\n${(error as Error).message}`,
    );
  }
}

runCommand("dev", main);
