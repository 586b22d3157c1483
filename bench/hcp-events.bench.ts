/** hcp-event-in with 1,000 posts per second of five events each, against a bare HTTP server that parses them. */
import { once } from "node:events";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { Pool } from "undici";
import { startHcpGateway, type HcpGateway } from "../test/servers/hcp-gateway";
import type { ReceiverResponse, ReceiverRequest } from "./subjects/hcp-events";
import { Subject } from "./support/subject";
import { percentile, printTable } from "./support/table";

const POSTS_PER_SECOND = 1000;
const EVENTS_PER_POST = 5;
const SECONDS = 60;
const BARE_SECONDS = 15;
/** Every 100th post is sent twice, as after a retry. */
const REPEATED = 100;
const CONNECTIONS = 16;
const MIB = 2 ** 20;
const credentials = { appKey: "21000010", appSecret: "event-bench-secret" };
const ms = (value: number): string => `${value.toFixed(1)} ms`;

interface Load {
  /** Posts with a response per second. */
  rate: number;
  /** Time to the response in milliseconds, by post. */
  times: number[];
  refused: number;
}

function post(index: number): string {
  const time = "2026-03-02T 09:00:00.000+01:00";
  const events = Array.from({ length: EVENTS_PER_POST }, (_, k) => ({
    eventId: `5e1f0c2a-9b3d-4a77-8c11-${index * EVENTS_PER_POST + k}`,
    srcIndex: String(31 + (index % 64)),
    srcType: "camera",
    srcName: "Gate 4, north side",
    eventType: 131331,
    status: 1,
    eventLvl: 2,
    timeout: 0,
    happenTime: time,
    srcParentIdex: "17",
    data: { region: "R1", plateNo: "B-XY 12" },
  }));
  return JSON.stringify({
    method: "OnEventNotify",
    params: { sendTime: time, ability: "event_vss", events },
  });
}

/** Sends at a fixed rate, whatever the responses. Late posts are sent at once. */
async function load(url: string, seconds: number): Promise<Load> {
  const { origin, pathname } = new URL(url);
  const pool = new Pool(origin, { connections: CONNECTIONS });
  const total = POSTS_PER_SECOND * seconds;
  const times: number[] = [];
  let refused = 0;
  const send = async (body: string): Promise<void> => {
    const begun = performance.now();
    const headers = { "content-type": "application/json;charset=UTF-8" };
    const { statusCode, body: rest } = await pool.request({ path: pathname, method: "POST", headers, body });
    await rest.dump();
    if (statusCode !== 200) refused += 1;
    times.push(performance.now() - begun);
  };

  const pending = new Set<Promise<void>>();
  const started = performance.now();
  for (let index = 0; index < total;) {
    const due = Math.min(total, Math.floor(((performance.now() - started) * POSTS_PER_SECOND) / 1000));
    for (; index < due; index += 1) {
      const body = post(index);
      for (let copy = 0; copy < (index % REPEATED === 0 ? 2 : 1); copy += 1) {
        const sent = send(body).finally(() => pending.delete(sent));
        pending.add(sent);
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await Promise.all(pending);
  const rate = total / ((performance.now() - started) / 1000);
  await pool.close();
  return { rate, times, refused };
}

async function measure(
  subject: Subject,
  url: string,
  seconds: number,
): Promise<Load & { response: ReceiverResponse }> {
  const send = (request: ReceiverRequest): Promise<ReceiverResponse> =>
    subject.request<ReceiverResponse>(request);
  await send({ do: "start", events: POSTS_PER_SECOND * seconds * EVENTS_PER_POST });
  const result = await load(url, seconds);
  return { ...result, response: await send({ do: "finish" }) };
}

async function subscribedAddress(gateway: HcpGateway): Promise<string> {
  while (gateway.events.subscriptions.length === 0) await once(gateway, "request");
  return gateway.events.subscriptions[0]?.eventDest ?? "";
}

async function main(): Promise<boolean> {
  const gateway = await startHcpGateway(credentials);
  const script = path.join(__dirname, "subjects/hcp-events.ts");
  const { appKey, appSecret } = credentials;
  const bare = new Subject(script, ["bare"]);
  const ours = new Subject(script, ["ours", gateway.url, appKey, appSecret]);
  try {
    const listen: ReceiverRequest = { do: "listen" };
    const { url = "" } = await bare.request<ReceiverResponse>(listen);
    const floor = await measure(bare, url, BARE_SECONDS);
    await bare.end();
    await ours.request<ReceiverResponse>(listen);
    const own = await measure(ours, await subscribedAddress(gateway), SECONDS);

    const sent = POSTS_PER_SECOND * SECONDS * EVENTS_PER_POST;
    const [a, b] = [own.response, floor.response];
    const latency = ({ times }: Load): string =>
      `${ms(percentile(times, 50))}, p99 ${ms(percentile(times, 99))}`;
    const load = (response: ReceiverResponse, seconds: number): string =>
      `${((response.cpu / seconds) * 100).toFixed(0)} %`;
    return printTable(
      `hcp-event-in: ${POSTS_PER_SECOND} posts a second × ${EVENTS_PER_POST} events for ${SECONDS} s, against a bare HTTP server`,
      [
        {
          what: `events lost and doubled (every ${REPEATED}th post is sent twice)`,
          ours: `${a.lost} and ${a.doubled} of ${sent}`,
          against: `${b.lost} lost`,
          bound: "0 and 0",
          kept: a.lost === 0 && a.doubled === 0 && own.refused === 0,
        },
        {
          what: "posts with a response per second",
          ours: own.rate.toFixed(0),
          against: floor.rate.toFixed(0),
          ratio: own.rate / floor.rate,
          bound: "≥ 990",
          kept: own.rate >= 990,
        },
        {
          what: "event-loop delay p99",
          ours: `${ms(a.delay.p99)} (longest ${ms(a.delay.max)})`,
          against: `${ms(b.delay.p99)} (longest ${ms(b.delay.max)})`,
          ratio: a.delay.p99 / b.delay.p99,
        },
        { what: "time to the response, median", ours: latency(own), against: latency(floor) },
        { what: "share of one core", ours: load(a, SECONDS), against: load(b, BARE_SECONDS) },
        {
          what: "resident set at the end",
          ours: `${(a.rss / MIB).toFixed(0)} MiB`,
          against: `${(b.rss / MIB).toFixed(0)} MiB`,
        },
      ],
    );
  } finally {
    await ours.end();
    await gateway.close();
  }
}

void main().then((kept) => {
  process.exitCode = kept ? 0 : 1;
});
