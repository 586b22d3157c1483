// Loaded into Node-RED's process before its own code: writes the delay of the event loop to a file, every second.
const { writeFileSync } = require("node:fs");
const { monitorEventLoopDelay } = require("node:perf_hooks");

const file = process.env.SOAK_LOOP_FILE;
// Node-RED's process only, not the processes that it starts.
if (file && process.argv[1]?.endsWith("red.js")) {
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  setInterval(() => writeFileSync(file, `${delay.percentile(99) / 1e6} ${delay.max / 1e6}`), 1000).unref();
}
