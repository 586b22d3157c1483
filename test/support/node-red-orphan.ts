/** A process that a test kills: starts Node-RED in a user directory (argument) and prints its process id. */
import { startNodeRed } from "../../tools/node-red";

void startNodeRed({ userDir: process.argv[2] ?? "" }).then(({ pid }) => {
  process.stdout.write(`${pid}\n`);
});
