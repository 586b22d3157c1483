import assert from "node:assert/strict";
import { openNatsStore } from "../../../../src/store/nats";
import { DeliveryWindow, type WindowMessage } from "../../../../src/store/delivery-window";
import type { EventStore } from "../../../../src/store/store";
import { CutLine } from "../../../support/cut-line";
import { NatsServers } from "../../../support/nats-server";
import { outgoing } from "../../../support/store-reader";

const CAMERAS = ["gate", "door", "yard"];
const EVENTS = 500;

/** What a flow sees of a window. It acknowledges a little later, so that some are always in the flow. */
class Flow {
  readonly seen = new Map<string, number[]>(CAMERAS.map((camera) => [camera, []]));
  readonly #window: DeliveryWindow;
  #changed: () => void = () => undefined;

  constructor(store: EventStore, ackWaitMs: number) {
    this.#window = new DeliveryWindow(
      store,
      { consumer: "main", pending: 10, ackWaitMs, maxDeliver: 1_000 },
      {
        event: (message) => {
          this.#take(message);
        },
        state: () => undefined,
        failure: () => undefined,
        warning: () => undefined,
      },
    );
  }

  get count(): number {
    return [...this.seen.values()].reduce((sum, { length }) => sum + length, 0);
  }

  async until(count: number): Promise<void> {
    while (this.count < count) {
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
  }

  close(): Promise<void> {
    return this.#window.close();
  }

  #take({ subject, sequence, site, msg }: WindowMessage): void {
    this.seen.get(subject[2] ?? "")?.push(Number(msg.payload));
    this.#changed();
    setTimeout(() => void this.#window.acknowledge(sequence, site), 2);
  }
}

describe("the order of each camera behind events-in, with sites", function () {
  this.timeout(120_000);
  const servers = new NatsServers();
  const stores: EventStore[] = [];
  const flows: Flow[] = [];

  before(async function () {
    await servers.prepare(this);
  });
  afterEach(async () => {
    await Promise.all(flows.splice(0).map((flow) => flow.close()));
    await Promise.all(stores.splice(0).map((store) => store.close()));
    await servers.removeAll();
  });

  function open(url: string, domains?: string[]): EventStore {
    const store = openNatsStore({
      connection: { servers: [url], ...(domains !== undefined && { domains }) },
      stream: "surveillance",
      subjects: ["surveillance.>"],
      maxBytes: 50_000_000,
      dedupWindowMs: 120_000,
      trimMs: 100,
    });
    stores.push(store);
    return store;
  }

  function read(url: string): Flow {
    const flow = new Flow(open(url, ["one"]), 3_000);
    flows.push(flow);
    return flow;
  }

  /** Stores events of all cameras in turn, numbered over all. */
  async function put(store: EventStore, from: number, to: number): Promise<void> {
    for (let number = from; number < to; number += 1) {
      const camera = CAMERAS[number % CAMERAS.length] ?? "";
      await store.put(outgoing(String(number), { camera }));
    }
  }

  const numbersOf = (camera: string): number[] =>
    Array.from({ length: EVENTS }, (_, number) => number).filter(
      (number) => CAMERAS[number % CAMERAS.length] === camera,
    );

  it("is kept when the hub is killed", async () => {
    const { hub, leafPort } = await servers.hub();
    const site = open((await servers.site("one", leafPort)).url);
    const flow = read(hub.url);
    const storing = put(site, 0, EVENTS);
    await flow.until(100);
    await hub.kill();
    await storing;
    await hub.start();
    await flow.until(EVENTS);
    for (const camera of CAMERAS) assert.deepEqual(flow.seen.get(camera), numbersOf(camera));
  });

  it("is kept when hub and site are killed", async () => {
    const { hub, leafPort } = await servers.hub();
    const server = await servers.site("one", leafPort);
    const site = open(server.url);
    const flow = read(hub.url);
    const storing = put(site, 0, EVENTS);
    await flow.until(100);
    await hub.kill();
    await storing;
    await server.kill();
    await server.start();
    await hub.start();
    await flow.until(EVENTS);
    for (const camera of CAMERAS) assert.deepEqual(flow.seen.get(camera), numbersOf(camera));
  });

  it("is kept when only the site is killed, which forgets acknowledgements", async () => {
    const { hub, leafPort } = await servers.hub();
    const server = await servers.site("one", leafPort);
    const flow = read(hub.url);
    const storing = put(open(server.url), 0, EVENTS);
    await flow.until(100);
    await server.kill();
    await server.start();
    await storing;
    await flow.until(EVENTS);
    for (const camera of CAMERAS) assert.deepEqual(flow.seen.get(camera), numbersOf(camera));
  });

  it("is kept when the hub's Node-RED is killed", async () => {
    const { hub, leafPort } = await servers.hub();
    const site = open((await servers.site("one", leafPort)).url);
    const line = await CutLine.open(hub.port);
    const killed = read(line.url);
    const storing = put(site, 0, EVENTS);
    await killed.until(100);
    line.cut();
    const before = new Map([...killed.seen].map(([camera, numbers]) => [camera, [...numbers]]));
    const flow = read(hub.url);
    await storing;
    const isAll = (): boolean =>
      CAMERAS.every((camera) => flow.seen.get(camera)?.at(-1) === numbersOf(camera).at(-1));
    while (!isAll()) await flow.until(flow.count + 1);
    for (const camera of CAMERAS) {
      const numbers = flow.seen.get(camera) ?? [];
      assert.deepEqual(
        numbers,
        [...numbers].sort((one, other) => one - other),
      );
      assert.deepEqual([...new Set([...(before.get(camera) ?? []), ...numbers])], numbersOf(camera));
    }
  });
});
