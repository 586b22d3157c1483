/** `npm run demo`: a camera, a HikCentral gateway and a Node-RED with the first example flow, all on this machine. */
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { buildPackage } from "../tools/build/package";
import { deploy, linkPackage, startNodeRed } from "../tools/node-red";
import { alarmLine } from "./alarm-line";
import { runCommand, say, type Command } from "./command";
import { startSite } from "./site";

/** Lines of Node-RED's log that the user should see: the example's Catch node logs through its debug node. */
const trouble = /\[(warn|error)\]|\[debug:Errors\]/;

async function main(command: Command): Promise<void> {
  const { options, cleanUps, stop, stopping } = command;
  const folder = await mkdtemp(path.join(os.tmpdir(), "surveillance-demo-"));
  cleanUps.push(() => rm(folder, { recursive: true, force: true }));

  say("· building the package");
  await buildPackage();
  const { gateway, flow, hasAlerts } = await startSite(command, folder);

  say("· starting Node-RED");
  let deployed = false;
  await linkPackage(folder);
  const nodeRed = await startNodeRed({
    userDir: folder,
    port: options.port,
    onOutput: (text) => {
      if (!deployed) return;
      for (const line of text.split("\n")) if (trouble.test(line)) say(`  ${line}`);
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
  say(`\nEditor: ${nodeRed.url}   alarms are raised by: ${options.labels}`);
  if (hasAlerts) say("The camera's own alarms are in the editor's debug sidebar.");
  say("");
  say("What HikCentral received (time, label, score, camera, from frame to alarm):");
  if (options.once) {
    await firstAlarm;
    await stop(0);
  }
}

runCommand("demo", main);
