// The settings of Node-RED in `npm run dev`, which copies this file into the user directory.
const { readFileSync, writeFileSync } = require("node:fs");
const path = require("node:path");

const started = String(Date.now());
const reloadScript = path.join(__dirname, "reload.js");
writeFileSync(
  reloadScript,
  `window.devStarted = "${started}";\n${readFileSync(process.env.DEV_RELOAD_SCRIPT, "utf8")}`,
);

module.exports = {
  flowFile: "flows.json",
  httpAdminMiddleware: (request, response, next) => {
    if (request.path === "/dev/started") response.type("text").send(started);
    else next();
  },
  editorTheme: {
    tours: false,
    page: { scripts: [reloadScript] },
  },
  telemetry: { enabled: false, updateNotification: false },
};
