/**
 * Inference servers: the rate with several against one, and the cost of one image here. The servers are simulated, each
 * in a process of its own, with a stated time of one inference: the figures say how well the work is shared, not how
 * fast a real server is.
 */
import { measureServers, SERVICE_MS } from "./support/inference-servers";
import { printTable, type Row } from "./support/table";

void (async () => {
  const one = await measureServers(1, "jpeg");
  const rows: Row[] = [];
  for (const [count, least] of [
    [2, 1.8],
    [4, 3.4],
  ] as const) {
    const several = await measureServers(count, "jpeg");
    const ratio = several.perSecond / one.perSecond;
    rows.push({
      what: `images a second, ${count} servers with ${SERVICE_MS} ms each, against one`,
      ours: several.perSecond.toFixed(1),
      against: one.perSecond.toFixed(1),
      ratio,
      bound: `≥ ${least}`,
      kept: ratio >= least,
    });
  }
  for (const [input, what] of [
    ["jpeg", "a JPEG of 250 KB"],
    ["uint8", "a UINT8 tensor of 1.2 MB"],
    ["fp32", "an FP32 tensor of 4.9 MB"],
  ] as const) {
    const { cpuMs } = input === "jpeg" ? one : await measureServers(1, input);
    rows.push({
      what: `CPU time of one image on the wire: ${what} out, 2.8 MB of output in`,
      ours: `${cpuMs.toFixed(1)} ms`,
      against: "",
    });
  }
  process.exitCode = printTable("Inference servers", rows) ? 0 : 1;
})();
