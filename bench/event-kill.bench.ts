/**
 * Kills processes at random while cameras post: every post with a response of success must arrive at the end of the
 * flow, in the order of its camera. `ROUNDS` is the number of rounds for each store, default 10; `SEED` repeats a run.
 */
import { groupBy } from "../src/core/group-by";
import { hereChain, siteAndHubChain, type RunningChain } from "../test/support/kill/chains";
import { killRound, type RoundResult } from "../test/support/kill/event-chain";
import { NatsServers } from "../test/support/nats-server";
import { provideNatsServer } from "../tools/debian";
import { linkPackage } from "../tools/node-red";
import { printTable, type Row } from "./support/table";

const ROUNDS = Number(process.env.ROUNDS ?? 10);
const SEED = Number(process.env.SEED ?? Date.now() % 100_000);
const size = { cameras: 6, posts: 50, withinMs: 90_000 };
/** What is in hand when a process is killed: `pending` of events-in, and a post of each camera. */
const IN_HAND = 10 + size.cameras;

async function main(): Promise<boolean> {
  process.stdout.write(`SEED=${SEED}\n`);
  const servers = new NatsServers(await provideNatsServer());
  try {
    const here = await rowsOf("this computer", await hereChain(linkPackage));
    const { hub, leafPort } = await servers.hub();
    const site = await servers.site("gate", leafPort);
    const nats = await rowsOf(
      "NATS, a site and its hub",
      await siteAndHubChain(linkPackage, { hub, site, domain: "gate" }),
    );
    return printTable(`${ROUNDS} rounds of ${size.cameras * size.posts} events, one process killed in each`, [
      ...here,
      ...nats,
    ]);
  } finally {
    await servers.removeAll();
  }
}

async function rowsOf(what: string, chain: RunningChain): Promise<Row[]> {
  try {
    const results: RoundResult[] = [];
    for (let round = 1; round <= ROUNDS; round += 1) {
      const result = await killRound(chain, { ...size, round, seed: SEED });
      results.push(result);
      process.stdout.write(
        `${what}, round ${round}: ${result.victim} killed, ${result.confirmed} confirmed, ${result.lost.length} lost, ${result.doubled.length} doubled, ${result.misplaced.length} out of order\n`,
      );
    }
    return summary(what, results);
  } finally {
    await chain.end();
  }
}

function summary(what: string, results: readonly RoundResult[]): Row[] {
  const sum = (count: (result: RoundResult) => number): number =>
    results.reduce((total, result) => total + count(result), 0);
  const lost = sum((result) => result.lost.length);
  const misplaced = sum((result) => result.misplaced.length);
  const most = Math.max(...results.map(({ doubled }) => doubled.length));
  const kills = [...groupBy(results, ({ victim }) => victim)]
    .map(([victim, rounds]) => `${victim} ${rounds.length}`)
    .join(", ");
  return [
    {
      what: `${what}: events with a response of success (killed: ${kills})`,
      ours: String(sum(({ confirmed }) => confirmed)),
      against: `${lost} lost`,
      bound: "0 lost",
      kept: lost === 0,
    },
    {
      what: `${what}: events before an earlier one of their camera`,
      ours: String(misplaced),
      against: "",
      bound: "0",
      kept: misplaced === 0,
    },
    {
      what: `${what}: events that arrived twice`,
      ours: `${sum(({ doubled }) => doubled.length)}, at most ${most} in a round`,
      against: "",
      bound: `≤ ${IN_HAND} in a round`,
      kept: most <= IN_HAND,
    },
  ];
}

void main().then((kept) => {
  process.exitCode = kept ? 0 : 1;
});
