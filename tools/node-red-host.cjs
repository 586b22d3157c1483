// Runs a real Node-RED on a port the system chooses and says which. Plain JavaScript, because it also runs under
// another Node and with another Node-RED than the ones this checkout has installed.
//   node node-red-host.cjs <path of the node-red module> <user directory> [port]
"use strict";
const http = require("node:http");
const path = require("node:path");
const { createRequire } = require("node:module");

const [modulePath, userDir, port = "0"] = process.argv.slice(2);
const requireThere = createRequire(path.join(modulePath, "package.json"));
const RED = requireThere(modulePath);
const express = requireThere("express");

const app = express();
const server = http.createServer(app);
RED.init(server, {
  userDir,
  flowFile: "flows.json",
  credentialSecret: false,
  httpAdminRoot: "/",
  httpNodeRoot: "/",
  telemetry: { enabled: false },
  editorTheme: { tours: false, projects: { enabled: false } },
  logging: { console: { level: "info", metrics: false, audit: false } },
});
app.use("/", RED.httpAdmin);
app.use("/", RED.httpNode);

server.listen(Number(port), "127.0.0.1", async () => {
  await RED.start();
  process.send?.({ port: server.address().port });
});

async function stop() {
  await RED.stop();
  process.exit(0);
}
process.on("SIGTERM", stop);
// The parent is gone: nobody is left to stop us.
process.on("disconnect", stop);
