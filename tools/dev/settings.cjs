// The settings of the Node-RED that `npm run dev` starts, which copies them into its user directory.
const started = String(Date.now());

module.exports = {
  flowFile: "flows.json",
  httpAdminMiddleware: (request, response, next) => {
    if (request.path === "/dev/started") response.type("text").send(started);
    else next();
  },
  editorTheme: {
    tours: false,
    page: { scripts: [process.env.DEV_RELOAD_SCRIPT] },
  },
  telemetry: { enabled: false, updateNotification: false },
};
