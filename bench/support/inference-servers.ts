import path from "node:path";
import type { InferenceReport, InferenceWork } from "../subjects/inference-client";
import type { InferenceInput, InferenceServerReport } from "../subjects/inference-server";
import { Subject } from "./subject";

/** The time of a simulated server for one image, milliseconds. */
export const SERVICE_MS = 100;
const SECONDS = 6;
const CAMERAS = 16;
const script = (name: string): string => path.join(__dirname, "../subjects", `${name}.ts`);

/** Measures simulated servers, each in its own process, with as many images as they process in a few seconds. */
export async function measureServers(count: number, input: InferenceInput): Promise<InferenceReport> {
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
