import assert from "node:assert/strict";
import { hereChain, siteAndHubChain, type Prepare, type RunningChain } from "../support/kill/chains";
import { killRound } from "../support/kill/event-chain";
import { NatsServers } from "../support/nats-server";
import { installInto } from "../support/world";

const ROUNDS = 5;
const size = { cameras: 6, posts: 10, withinMs: 60_000 };
/** What is in hand when a process is killed: `pending` of events-in, and a post of each camera. */
const IN_HAND = 10 + size.cameras;
const prepare: Prepare = (userDir) => installInto(userDir);

describe("events while processes are killed", function () {
  this.timeout(240_000);
  const seed = Date.now() % 100_000;
  let chain: RunningChain | undefined;

  afterEach(async () => {
    await chain?.end();
    chain = undefined;
  });

  /** @param keepsOrder NATS may send newer events first after a kill: docs/events.md */
  async function killInRounds(running: RunningChain, keepsOrder: boolean): Promise<void> {
    chain = running;
    for (let round = 1; round <= ROUNDS; round += 1) {
      const { victim, lost, misplaced, doubled } = await killRound(running, { ...size, round, seed });
      const where = `seed ${seed}, round ${round}, killed: ${victim}`;
      assert.deepEqual(lost, [], where);
      if (keepsOrder) assert.deepEqual(misplaced, [], where);
      assert.ok(doubled.length <= IN_HAND, `${where}: ${doubled.length} doubled`);
    }
  }

  it("arrive in order, each one that was answered with success, from this computer's store", async () => {
    await killInRounds(await hereChain(prepare), true);
  });

  describe("with a site and its hub", () => {
    const servers = new NatsServers();
    before(async function () {
      await servers.prepare(this);
    });
    after(() => servers.removeAll());

    it("arrive at the hub, each one that the site answered with success", async () => {
      const { hub, leafPort } = await servers.hub();
      const site = await servers.site("gate", leafPort);
      await killInRounds(await siteAndHubChain(prepare, { hub, site, domain: "gate" }), false);
    });
  });
});
