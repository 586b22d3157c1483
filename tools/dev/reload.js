// Runs in the page of the editor and reloads it after a restart of Node-RED. The editor asks for confirmation if there
// are changes that are not deployed.
(() => {
  let current;
  setInterval(async () => {
    // While Node-RED starts, there is no response.
    const response = await fetch("dev/started", { cache: "no-store" }).catch(() => undefined);
    if (response === undefined || !response.ok) return;
    const started = await response.text();
    current ??= started;
    if (started === current) return;
    current = started;
    location.reload();
  }, 500);
})();
