/** HikCentral requests: what signing costs over bare undici, and how long the catalogue takes to load. */
import { execFileSync } from "node:child_process";
import path from "node:path";
import type { SendAnswer, SendRequest } from "./subjects/hcp-requests";
import { Subject } from "./support/subject";
import { median, printTable, type Row } from "./support/table";

const ROUNDS = 7;
const LOADS = 21;
const request: SendRequest = { requests: 8000, inFlight: 64 };

async function signedRequests(): Promise<Row> {
  const server = new Subject(path.join(__dirname, "subjects/hcp-server.ts"), []);
  const { port } = await server.ask<{ port: number }>({});
  const url = `http://127.0.0.1:${port}`;
  const script = path.join(__dirname, "subjects/hcp-requests.ts");
  const [ours, bare] = [new Subject(script, ["client", url]), new Subject(script, ["bare", url])];
  try {
    for (const side of [ours, bare]) await side.ask(request);
    const rates: { own: number; other: number }[] = [];
    // In turns, so that a noisy neighbour meets both.
    for (let round = 0; round < ROUNDS; round += 1) {
      const own = await ours.ask<SendAnswer>(request);
      const other = await bare.ask<SendAnswer>(request);
      rates.push({ own: own.perSecond, other: other.perSecond });
    }
    const [own, other] = [median(rates.map((rate) => rate.own)), median(rates.map((rate) => rate.other))];
    return {
      what: "requests a second, signed and read, against the same of undici unsigned, median",
      ours: own.toFixed(0),
      against: other.toFixed(0),
      ratio: own / other,
      bound: "≥ 0.9",
      kept: own / other >= 0.9,
    };
  } finally {
    await Promise.all([ours, bare, server].map((side) => side.end()));
  }
}

function loading(): Row {
  const time = (module: string): number =>
    median(
      Array.from({ length: LOADS }, () =>
        Number(execFileSync(process.execPath, [path.join(__dirname, "subjects/load-time.cjs"), module])),
      ),
    );
  const own = time(path.resolve(__dirname, "../dist/src/hcp/catalogue"));
  const floor = time("undici");
  return {
    what: "loading the catalogue in a fresh process, against loading undici, median",
    ours: `${own.toFixed(1)} ms`,
    against: `${floor.toFixed(1)} ms`,
    ratio: own / floor,
    bound: "≤ 20 ms",
    kept: own <= 20,
  };
}

void (async () => {
  const kept = printTable("HikCentral requests and catalogue", [await signedRequests(), loading()]);
  process.exitCode = kept ? 0 : 1;
})();
