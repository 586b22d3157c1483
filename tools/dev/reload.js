// Runs in the editor's page: loads it again after Node-RED has started again. The editor itself asks before it drops
// what is not deployed.
(() => {
  let first;
  setInterval(async () => {
    // There is no response while Node-RED starts.
    const response = await fetch("dev/started", { cache: "no-store" }).catch(() => undefined);
    if (response === undefined || !response.ok) return;
    const started = await response.text();
    first ??= started;
    if (started === first) return;
    first = started;
    location.reload();
  }, 500);
})();
