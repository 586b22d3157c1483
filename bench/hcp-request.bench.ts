/** HikCentral requests: the cost of signing compared with bare undici, and the time to load the catalogue. */
import { execFileSync } from "node:child_process";
import path from "node:path";
import type { SendResponse, SendRequest } from "./subjects/hcp-requests";
import { Subject } from "./support/subject";
import { median, printTable, type Row } from "./support/table";

const ROUNDS = 7;
const LOADS = 21;
/** The response time of a gateway; gateways in a network are slower. */
const GATEWAY_MS = 2;

/** Lets both sides take turns, so that other programs slow down both. @param delayMs response time of the server */
async function signedRequests(delayMs: number): Promise<{ own: number; other: number }> {
  const server = new Subject(path.join(__dirname, "subjects/hcp-server.ts"), [String(delayMs)]);
  const { port } = await server.request<{ port: number }>({});
  const url = `http://127.0.0.1:${port}`;
  const script = path.join(__dirname, "subjects/hcp-requests.ts");
  const [ours, bare] = [new Subject(script, ["client", url]), new Subject(script, ["bare", url])];
  const request: SendRequest = { requests: 6000, inFlight: 64 };
  try {
    for (const side of [ours, bare]) await side.request(request);
    const rates: [own: number, other: number][] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const own = await ours.request<SendResponse>(request);
      const other = await bare.request<SendResponse>(request);
      rates.push([own.perSecond, other.perSecond]);
    }
    return { own: median(rates.map(([own]) => own)), other: median(rates.map(([, other]) => other)) };
  } finally {
    await Promise.all([ours, bare, server].map((side) => side.end()));
  }
}

async function requests(): Promise<Row[]> {
  const gateway = await signedRequests(GATEWAY_MS);
  const atOnce = await signedRequests(0);
  const row = (what: string, { own, other }: { own: number; other: number }): Row => ({
    what: `signed requests a second, ${what}, against undici's own unsigned, median`,
    ours: own.toFixed(0),
    against: other.toFixed(0),
    ratio: own / other,
  });
  const ratio = gateway.own / gateway.other;
  return [
    {
      ...row(`a gateway with a response time of ${GATEWAY_MS} ms`, gateway),
      bound: "≥ 0.9",
      kept: ratio >= 0.9,
    },
    // This shows only the cost of a nonce, a signature and a timeout: gateways are slower.
    row("a server that responds at once", atOnce),
  ];
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
  const kept = printTable("HikCentral requests and catalogue", [...(await requests()), loading()]);
  process.exitCode = kept ? 0 : 1;
})();
