// Runs in the page of the editor and reloads it after a restart of Node-RED. settings.cjs sets devStarted to the start of
// the Node-RED that served this script. The editor asks for confirmation if there are changes that are not deployed.
setInterval(async () => {
  // While Node-RED starts, there is no response.
  const response = await fetch("dev/started", { cache: "no-store" }).catch(() => undefined);
  if (response !== undefined && response.ok && (await response.text()) !== window.devStarted)
    location.reload();
}, 500);
