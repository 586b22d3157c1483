/**
 * Inference servers: the rate with several against one, and the cost of one image here. The servers are simulated, each
 * in a process of its own, with a stated time of one inference: the figures say how well the work is shared, not how
 * fast a real server is.
 */
import path from "node:path";
import type { InferenceReport, InferenceWork } from "./subjects/inference-client";
import type { InferenceInput, InferenceServerReport } from "./subjects/inference-server";
import { Subject } from "./support/subject";
import { printTable, type Row } from "./support/table";

const SERVICE_MS = 100;
const SECONDS = 6;
const CAMERAS = 16;
const script = (name: string): string => path.join(__dirname, "subjects", `${name}.ts`);

/** The time in which a server does all that it can: the images of a few seconds. */
async function measure(count: number, input: InferenceInput): Promise<InferenceReport> {
  const servers = Array.from(
    { length: count },
    () => new Subject(script("inference-server"), [String(SERVICE_MS), input]),
  );
  const client = new Subject(script("inference-client"), []);
  try {
    const reports = await Promise.all(servers.map((server) => server.request<InferenceServerReport>({})));
    const urls = reports.map(({ url }) => url);
    const frames = (count * SECONDS * 1000) / SERVICE_MS;
    return await client.request<InferenceReport>({
      urls,
      input,
      cameras: CAMERAS,
      frames,
    } satisfies InferenceWork);
  } finally {
    await Promise.all([client, ...servers].map((side) => side.end()));
  }
}

void (async () => {
  const one = await measure(1, "jpeg");
  const rows: Row[] = [];
  for (const [count, least] of [
    [2, 1.8],
    [4, 3.4],
  ] as const) {
    const several = await measure(count, "jpeg");
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
    const { cpuMs } = input === "jpeg" ? one : await measure(1, input);
    rows.push({
      what: `CPU time of one image on the wire: ${what} out, 2.8 MB of output in`,
      ours: `${cpuMs.toFixed(1)} ms`,
      against: "",
    });
  }
  process.exitCode = printTable("Inference servers", rows) ? 0 : 1;
})();
