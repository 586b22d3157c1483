import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import { deploy, freePort, linkPackage, startNodeRed, type NodeRedProcess } from "../../tools/node-red";
import { startHcpGateway, type HcpGateway } from "../servers/hcp-gateway";
import { EventSink } from "./event-sink";
import { chosenNodeRed } from "./chosen-node-red";

const credentials = { appKey: "21000011", appSecret: "killed-node-red-secret" };
const MOTION = 131331;

/** A real Node-RED that receives events of HikCentral and forwards them to a sink. Tests kill and restart it. */
export class KilledNodeRed {
  /** The parts of events that the platform has raised: `event-1 began`, `event-1 ended`. */
  readonly raised: string[] = [];
  /** The times at which the process was killed, in epoch milliseconds. */
  readonly kills: number[] = [];
  #nodeRed: NodeRedProcess | undefined;
  #count = 0;
  #raising: Promise<void> | undefined;

  private constructor(
    readonly gateway: HcpGateway,
    readonly sink: EventSink,
    readonly userDir: string,
    readonly port: number,
  ) {}

  static async begin(): Promise<KilledNodeRed> {
    const userDir = await mkdtemp(path.join(tmpdir(), "killed-"));
    await linkPackage(userDir);
    return new KilledNodeRed(
      await startHcpGateway(credentials),
      await EventSink.open(),
      userDir,
      await freePort(),
    );
  }

  async end(): Promise<void> {
    this.#count = Infinity;
    await this.#raising;
    await this.#nodeRed?.stop();
    this.sink.close();
    await this.gateway.close();
    await rm(this.userDir, { recursive: true, force: true });
  }

  get output(): string {
    return this.#nodeRed?.output() ?? "";
  }

  /** Starts the process with the deployed flow. */
  async start(): Promise<void> {
    this.#nodeRed = await startNodeRed({ userDir: this.userDir, port: this.port, ...chosenNodeRed() });
  }

  async deploy(): Promise<void> {
    await deploy(this.#nodeRed?.url ?? "", this.#flow());
  }

  /** Deploys the flow without the node. */
  async deployWithout(): Promise<void> {
    await deploy(
      this.#nodeRed?.url ?? "",
      this.#flow().filter(({ id }) => id !== "events"),
    );
  }

  #flow(): { id: string; [property: string]: unknown }[] {
    return [
      { id: "tab", type: "tab", label: "events" },
      { id: "server", type: "hcp-config", url: this.gateway.url, credentials },
      {
        id: "events",
        type: "hcp-event-in",
        z: "tab",
        server: "server",
        eventTypes: [MOTION],
        path: "/hcp/events",
        callbackUrl: `http://127.0.0.1:${this.port}`,
        checkEvery: "1",
        pictures: "none",
        wires: [["post"]],
        credentials: { token: "t0ken" },
      },
      {
        id: "post",
        type: "http request",
        z: "tab",
        method: "POST",
        url: this.sink.url,
        ret: "txt",
        wires: [[]],
      },
    ];
  }

  /** Waits until the platform has the subscription of the node. */
  async subscribed(): Promise<void> {
    while (this.gateway.events.subscriptions.length === 0) await setTimeout(5);
  }

  async kill(): Promise<void> {
    if (this.#nodeRed === undefined) return;
    process.kill(this.#nodeRed.pid, "SIGKILL");
    this.kills.push(Date.now());
    await this.#nodeRed.ended;
    this.#nodeRed = undefined;
  }

  /** Raises events. Every second one lasts until a later event; the others have no duration. */
  async raise(count: number): Promise<void> {
    for (let index = 0; index < count; index += 1) {
      const eventId = `event-${(this.#count += 1)}`;
      const lasts = this.#count % 2 === 0;
      await this.#post(eventId, lasts ? 1 : 0);
      if (lasts && this.#count > 4) await this.#post(`event-${this.#count - 4}`, 2);
    }
  }

  /** Raises one event after the other, until {@link calm}. */
  storm(everyMs: number): void {
    let goesOn = true;
    const run = async (): Promise<void> => {
      while (goesOn && this.#count < Infinity) {
        await this.raise(1);
        await setTimeout(everyMs);
      }
    };
    this.#calm = () => (goesOn = false);
    this.#raising = run();
  }

  async calm(): Promise<void> {
    this.#calm();
    await this.#raising;
    this.#raising = undefined;
  }

  /** Returns the parts that arrived twice, except those that arrived less than `inHandMs` before a kill. */
  doubled(inHandMs: number): string[] {
    return [...this.sink.arrivals]
      .filter(([, [first = 0, ...again]]) =>
        again.some((at) => !this.kills.some((kill) => first > kill - inHandMs && at >= kill)),
      )
      .map(([part]) => part);
  }

  #calm: () => void = () => undefined;

  async #post(eventId: string, status: number): Promise<void> {
    this.raised.push(status === 2 ? `${eventId} ended` : `${eventId} began`);
    await this.gateway.events.raise([{ eventType: MOTION, eventId, status, srcIndex: "31" }]);
  }
}
