/**
 * Numbered events on their way through Node-RED: core MQTT nodes at QoS 1 against events-out and events-in. In both, the
 * server is away for 3 s, Node-RED is killed once, and a delay node stands for the work on an event.
 */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Mosquitto } from "../test/support/mosquitto";
import { NatsServers } from "../test/support/nats-server";
import { provideMosquitto, provideNatsServer } from "../tools/debian";
import { freePort, linkPackage, startNodeRed, type NodeRedProcess } from "../tools/node-red";
import { coreMqttFlow, storeFlow, type Wiring } from "./subjects/loss-flows";
import { printTable, type Row } from "./support/table";

const SENDERS = 6;
const EVENTS = 60;
const ALL = SENDERS * EVENTS;
const PERIOD_MS = 200;
const SERVER_AWAY_MS = 3000;
/** Longer than `ackWait`: nothing more arrives. */
const QUIET_MS = 8000;
/** A sender without a response sends its event again. */
const RESPONSE_MS = 3000;
/** A subject that does not get its events through ends the bench. */
const LIMIT_MS = 120_000;

/** A server between the two halves of the flow. */
type Server = Record<"stop" | "start", () => Promise<void>>;
type Loss = Record<"lost" | "doubled", number>;

/** One Node-RED with one flow, and what arrived at the end of the flow. */
class Subject {
  #nodeRed: NodeRedProcess | undefined;

  private constructor(
    private readonly userDir: string,
    private readonly port: number,
  ) {}

  static async start(flowFor: (file: string) => object[]): Promise<Subject> {
    const subject = new Subject(await mkdtemp(path.join(os.tmpdir(), "bench-loss-")), await freePort());
    const { userDir } = subject;
    await linkPackage(userDir);
    // Core MQTT nodes wait for 15 s otherwise.
    const settings = { flowFile: "flows.json", uiHost: "127.0.0.1", mqttReconnectTime: 500 };
    await writeFile(path.join(userDir, "settings.js"), `module.exports = ${JSON.stringify(settings)};\n`);
    await writeFile(path.join(userDir, "flows.json"), JSON.stringify(flowFor(subject.#file)));
    await subject.#start();
    return subject;
  }

  get #file(): string {
    return path.join(this.userDir, "arrived.txt");
  }

  get output(): string {
    return this.#nodeRed?.output() ?? "";
  }

  /** Sends one event. @returns whether the response was success */
  async send(event: object): Promise<boolean> {
    try {
      const response = await fetch(`http://127.0.0.1:${this.port}/event`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(event),
        signal: AbortSignal.timeout(RESPONSE_MS),
      });
      await response.arrayBuffer();
      return response.ok;
    } catch {
      return false;
    }
  }

  async killAndRestart(): Promise<void> {
    if (this.#nodeRed === undefined) return;
    process.kill(this.#nodeRed.pid, "SIGKILL");
    await this.#nodeRed.ended;
    await this.#start();
  }

  async arrived(): Promise<string[]> {
    const text = await readFile(this.#file, "utf8").catch(() => "");
    return text.split("\n").filter(Boolean);
  }

  async end(): Promise<void> {
    await this.#nodeRed?.stop();
    await rm(this.userDir, { recursive: true, force: true });
  }

  async #start(): Promise<void> {
    this.#nodeRed = await startNodeRed({ userDir: this.userDir, port: this.port });
  }
}

async function measure(flowFor: (file: string) => object[], server: Server): Promise<Loss> {
  const subject = await Subject.start(flowFor);
  try {
    // Both halves connect first.
    await delay(1000);
    const [sent] = await Promise.all([sendAll(subject), faults(subject, server)]);
    const counts = new Map<string, number>();
    for (const name of await untilQuiet(subject)) counts.set(name, (counts.get(name) ?? 0) + 1);
    return {
      lost: sent.filter((name) => !counts.has(name)).length,
      doubled: [...counts.values()].filter((count) => count > 1).length,
    };
  } finally {
    await subject.end();
  }
}

async function faults(subject: Subject, server: Server): Promise<void> {
  await delay(1500);
  await server.stop();
  await delay(SERVER_AWAY_MS);
  await server.start();
  // Every sender sends again.
  await delay(RESPONSE_MS + 1000);
  await subject.killAndRestart();
}

/** Each sender repeats an event until it gets the response of success, like a camera. */
async function sendAll(subject: Subject): Promise<string[]> {
  const end = Date.now() + LIMIT_MS;
  const sent = await Promise.all(
    Array.from({ length: SENDERS }, async (_, sender) => {
      const names: string[] = [];
      for (let count = 0; count < EVENTS; count += 1) {
        const event = eventOf(sender, count);
        while (!(await subject.send(event))) {
          if (Date.now() > end) throw new Error(`${event.id} gets no response.\n${subject.output}`);
          await delay(PERIOD_MS);
        }
        names.push(event.id);
        await delay(PERIOD_MS);
      }
      return names;
    }),
  );
  return sent.flat();
}

/** A common event. It has the same bytes when it is sent again. */
function eventOf(sender: number, count: number) {
  const time = new Date().toISOString();
  const place = { device: { name: "Load" }, channel: { id: String(sender) } };
  return { source: "viewtron", type: "motion", state: "pulse", id: `S${sender}N${count}`, time, ...place };
}

/** Waits until nothing more arrives. */
async function untilQuiet(subject: Subject): Promise<string[]> {
  let arrived = await subject.arrived();
  for (let quietSince = Date.now(); Date.now() - quietSince < QUIET_MS;) {
    await delay(200);
    const now = await subject.arrived();
    if (now.length !== arrived.length) quietSince = Date.now();
    arrived = now;
  }
  return arrived;
}

async function coreMqtt(response: Wiring): Promise<Loss> {
  const broker = await Mosquitto.begin(await provideMosquitto());
  try {
    // A broker that is stopped stores its messages: what is missing, Node-RED has lost.
    const server = { start: () => broker.start(), stop: () => broker.stop() };
    return await measure((file) => coreMqttFlow(broker.port, file, response), server);
  } finally {
    await broker.remove();
  }
}

async function store(): Promise<Loss> {
  const servers = new NatsServers(await provideNatsServer());
  try {
    const server = await servers.start();
    // Killed, not stopped: it stores before it confirms.
    const killed = { start: () => server.start(), stop: () => server.kill() };
    return await measure((file) => storeFlow(server.url, file), killed);
  } finally {
    await servers.removeAll();
  }
}

async function main(): Promise<boolean> {
  const ours = await store();
  const others = {
    "response at once": await coreMqtt("at once"),
    "response when sent": await coreMqtt("when sent"),
  };
  const rows = Object.entries(others).flatMap(([wiring, core]) => [
    row(`lost of ${ALL}, mqtt out with its ${wiring}`, ours.lost, core.lost, 0),
    // One event of each camera is in the flow.
    row(`doubled, mqtt out with its ${wiring}`, ours.doubled, core.doubled, SENDERS),
  ]);
  return printTable("Server away for 3 s, Node-RED killed once: events-out and events-in with NATS", rows);
}

function row(what: string, ours: number, against: number, most: number): Row {
  return { what, ours: String(ours), against: String(against), bound: `≤ ${most}`, kept: ours <= most };
}

void main().then((kept) => {
  process.exitCode = kept ? 0 : 1;
});
