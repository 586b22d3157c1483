/**
 * `npm run dev`: the devices of the demo and a Node-RED with the example flows. After a change of a source it builds the
 * changed files and restarts Node-RED, and the page of the editor reloads.
 */
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { runCommand, say, type Command } from "../../demo/command";
import { exampleFlow } from "../../demo/flow";
import { startSite } from "../../demo/site";
import { buildIfStale } from "../build/package";
import { root } from "../build/paths";
import { deploy, freePort } from "../node-red";
import { changes } from "./changes";
import { DevNodeRed } from "./dev-node-red";
import { Rebuild } from "./rebuild";

const watched = ["src", "nodes", "icons", "locales", "examples", "package.json"];
const viewtronExample = "30 Gate opens for a listed plate.json";
/** Warnings and errors in the log of Node-RED, except a hint at every start. */
const problem = /\[(warn|error)\] (?!Projects disabled)\S/;

async function main(command: Command): Promise<void> {
  const { options, cleanUps } = command;
  if (options.once) throw new Error("--once is an option of npm run demo.");
  const port = await freePort(options.port);
  const userDir = await mkdtemp(path.join(os.tmpdir(), "surveillance-dev-"));
  cleanUps.push(() => rm(userDir, { recursive: true, force: true }));

  await buildIfStale((line) => {
    say(`· ${line}`);
  });
  const rebuild = new Rebuild();
  await rebuild.prepare();
  const { flow } = await startSite(command, userDir);

  let deployed = false;
  const nodeRed = await DevNodeRed.prepare({
    userDir,
    port,
    onLine: (line) => {
      if (deployed && problem.test(line)) say(`  ${line}`);
    },
  });
  const watching = new AbortController();
  let step: Promise<unknown> = Promise.resolve();
  cleanUps.push(async () => {
    watching.abort();
    // Node-RED can be stopped only after its start.
    await step.catch(() => undefined);
    await nodeRed.stop();
  });

  step = nodeRed.start();
  await step;
  await deploy(nodeRed.url, [...flow, ...(await exampleFlow(viewtronExample))]);
  deployed = true;
  say(`· Viewtron camera: posts to ${nodeRed.url}/viewtron every 5 s`);
  say(`\nEditor: ${nodeRed.url}   Press Ctrl-C to stop.\n`);

  for await (const changed of changes(root, watched, watching.signal)) {
    step = update(nodeRed, rebuild, changed);
    await step;
  }
}

/** Builds changed files and restarts Node-RED. If the build fails, the current Node-RED keeps running. */
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
    say(`✓ ${what}: built in ${built} s, Node-RED restarted after ${seconds()} s`);
  } catch (error) {
    say(`✗ ${what}: Node-RED does not start. The next change tries again.\n${(error as Error).message}`);
  }
}

runCommand("dev", main);
