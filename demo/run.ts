/** `npm run demo`: a camera, a HikCentral gateway and a Node-RED with the first example flow, all on this machine. */
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { buildIfStale } from "../tools/build/package";
import { deploy, freePort, linkPackage, startNodeRed } from "../tools/node-red";
import { alarmLine } from "./alarm-line";
import { runCommand, say, type Command } from "./command";
import { startSite } from "./site";

/** Warnings and errors in the log of Node-RED. The Catch node of the example logs through its debug node. */
const problem = /\[(warn|error)\]|\[debug:Errors\]/;

async function main(command: Command): Promise<void> {
  const { options, cleanUps, stop, stopping } = command;
  const port = await freePort(options.port);
  const folder = await mkdtemp(path.join(os.tmpdir(), "surveillance-demo-"));
  cleanUps.push(() => rm(folder, { recursive: true, force: true }));

  await buildIfStale((line) => {
    say(`· ${line}`);
  });
  const { gateway, flow, hasAlerts } = await startSite(command, folder);

  say("· starting Node-RED");
  let deployed = false;
  await linkPackage(folder);
  const nodeRed = await startNodeRed({
    userDir: folder,
    port,
    onOutput: (text) => {
      if (!deployed) return;
      for (const line of text.split("\n")) if (problem.test(line)) say(`  ${line}`);
    },
  });
  cleanUps.push(() => nodeRed.stop());
  void nodeRed.ended.then((code) => {
    if (!stopping()) void stop(code ?? 1);
  });

  const firstAlarm = once(gateway, "alarm");
  gateway.on("alarm", (alarm) => {
    say(alarmLine(alarm));
  });
  deployed = true;
  await deploy(nodeRed.url, flow);
  say(`\nEditor: ${nodeRed.url}   Labels that raise an alarm: ${options.labels}`);
  if (hasAlerts) say("The camera's own events appear in the debug sidebar of the editor.");
  say("");
  say("Alarms received by HikCentral (time, label, score, camera, delay from frame to alarm):");
  if (options.once) {
    await firstAlarm;
    await stop(0);
  }
}

runCommand("demo", main);
