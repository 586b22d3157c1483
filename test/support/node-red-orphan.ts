/** Started by a test, which kills it: starts a Node-RED in argv's user directory, and prints its process id. */
import { startNodeRed } from "../../tools/node-red";

void startNodeRed({ userDir: process.argv[2] ?? "" }).then(({ pid }) => {
  process.stdout.write(`${pid}\n`);
});
