import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import { deploy, freePort } from "../../tools/node-red";
import { thermometryDocument } from "../servers/isapi/metadata";
import { SimulatedSite } from "../support/simulated-site";
import { seededRandom, below } from "../support/seeded-random";
import { startWorld, type World } from "../support/world";
import { Archived } from "./archived";
import { faults } from "./faults";
import { deliveredFile, detectedTypes, soakFlow, type FlowNode } from "./flow";
import { loopDelay, Measures } from "./measures";
import { Senders } from "./senders";
import { SoakServers } from "./servers";

const minutes = Number(process.env.SOAK_MINUTES ?? 10);
const seed = Number(process.env.SOAK_SEED ?? Date.now() % 1_000_000);
/** Milliseconds from one fault to the next. */
const PAUSE = 3000;
/** Until what a fault delayed has arrived. */
const PATIENCE = 60_000;
/** A process may grow by this while it warms up and its memory is fragmented. */
const GROWTH = { factor: 1.15, megabytes: 24, handles: 15 };
/** Each has one camera, and so one event in the flow. */
const STORES = 2;
const MEGABYTE = 1024 * 1024;

/** One Node-RED under faults, with the numbers of the end. */
describe(`a soak of ${minutes} minutes (SOAK_SEED=${seed})`, () => {
  let site: SimulatedSite;
  let servers: SoakServers;
  let world: World;
  let flow: FlowNode[];
  let archived: Archived;
  let measures: Measures;
  let sent: readonly string[] = [];
  let loopFile: string;
  const done: string[] = [];

  before(async function () {
    this.timeout(minutes * 60_000 + 300_000);
    site = await SimulatedSite.open();
    servers = await SoakServers.start();
    if (servers.nats === undefined) console.log("      without a NATS server: this machine has none");
    archived = new Archived(site);
    loopFile = path.join(site.folder, "loop.txt");
    const port = await freePort();
    const probe = `--require ${path.join(__dirname, "loop-probe.cjs")}`;
    world = await startWorld({ port, env: { NODE_OPTIONS: probe, SOAK_LOOP_FILE: loopFile } });
    flow = soakFlow(site, servers, port);
    await deploy(world.url, flow);
    while (site.gateway.events.subscriptions.length === 0 || site.device.streams === 0) await setTimeout(50);
    measures = new Measures(world.pid);
    const senders = new Senders(site, world.origin);
    const end = Date.now() + minutes * 60_000;
    const random = seededRandom(seed);
    while (Date.now() < end) {
      await setTimeout(PAUSE);
      site.thermalStream.sendMetadata(thermometryDocument([{ id: 1, highest: 80, lowest: 20, average: 40 }]));
      const alerts = senders.pause();
      assert.deepEqual(await archived.missing(alerts, PATIENCE), [], `after ${done.join(", ")}`);
      const names = Object.keys(faults);
      const name = names[below(random, names.length)] ?? "";
      done.push(name);
      await faults[name]?.({ site, servers, world, flow });
      senders.resume();
    }
    await senders.stop();
    measures.stop();
    sent = senders.sent;
  });

  after(async function () {
    this.timeout(60_000);
    await world.stop();
    await Promise.all([site.close(), servers.close()]);
  });

  it("loses no event", async function () {
    this.timeout(2 * PATIENCE);
    const missing = await archived.missing(sent, PATIENCE);
    const from = (letter: string): number => sent.filter((number) => number.startsWith(letter)).length;
    const other = servers.nats === undefined ? "there, too" : "through NATS";
    const ways = `${from("H")} through this computer, ${from("V")} ${other}, ${from("I")} directly`;
    console.log(`      ${sent.length} events (${ways}), ${done.length} faults, lost ${missing.length}`);
    assert.deepEqual(missing, []);
  });

  // What a redeploy cuts off between the archive and events-in comes again. A NATS server does not always count it.
  it("delivers twice at most what the flow had in hand when it was deployed again", async () => {
    const counts = await archived.counts();
    const twice = sent.filter((number) => (counts.get(number) ?? 0) > 1);
    const lines = (await readFile(deliveredFile(site), "utf8")).split("\n");
    const again = new Set(lines.filter((line) => !line.endsWith(" 1")).map((line) => line.split(" ")[0]));
    const redeploys = done.filter((name) => /^(the whole flow|one tab) is deployed/.test(name)).length;
    const counted = twice.filter((number) => again.has(number)).length;
    console.log(
      `      doubled ${twice.length} in ${redeploys} redeploys, ${counted} with delivery.count > 1`,
    );
    assert.ok(twice.length <= redeploys * STORES, `${twice.join(", ")} after ${done.join(", ")}`);
  });

  for (const [place, type] of Object.entries(detectedTypes))
    it(`still detects objects after all faults: ${place}`, async function () {
      this.timeout(2 * PATIENCE);
      const before = await archived.detections(type);
      const end = Date.now() + PATIENCE;
      while ((await archived.detections(type)) === before && Date.now() < end) await setTimeout(500);
      const after = await archived.detections(type);
      console.log(`      ${after} detections`);
      assert.ok(after > before);
    });

  it("keeps its memory and its handles flat", () => {
    const memory = measures.quarters("resident");
    const handles = measures.quarters("handles");
    const megabytes = [memory.third, memory.last].map((bytes) => Math.round(bytes / MEGABYTE));
    console.log(`      memory ${megabytes.join(" → ")} MB, handles ${handles.third} → ${handles.last}`);
    assert.ok(memory.last <= memory.third * GROWTH.factor + GROWTH.megabytes * MEGABYTE);
    assert.ok(handles.last <= handles.third + GROWTH.handles);
  });

  it("never blocks the event loop for long", () => {
    const { p99, longest } = loopDelay(loopFile);
    console.log(`      event loop: p99 ${p99.toFixed(1)} ms, longest ${Math.round(longest)} ms`);
    assert.ok(p99 < 250);
  });
});
