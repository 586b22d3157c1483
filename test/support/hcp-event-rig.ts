import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { HcpClient } from "../../src/hcp/request/client";
import {
  HcpEventSource,
  type HcpEvent,
  type HcpEventConnection,
  type HcpEventSourceOptions,
} from "../../src/hcp/events/event-source";
import type { SourceState } from "../../src/events/source";
import { startHcpGateway, type HcpGateway } from "../servers/hcp-gateway";
import { spacedTime, type GatewayRecord } from "../servers/hcp/event-service";
import { ManualClock } from "./manual-clock";
import { until } from "./until";

const credentials = { appKey: "21000009", appSecret: "hcp-event-test-secret" };
export const MOTION = 131331;
export const GRANTED = 198914;
export const SECOND = 1000;

export { until };

/** Handlers of a source. `event` resolves when the event is stored. */
export type RigOptions = Partial<HcpEventSourceOptions> & { event?: () => Promise<void> };

/** An HcpEventSource with its platform and its clock, and a journal that survives a restart of the source. */
export class HcpEventSourceRig {
  readonly gateway: HcpGateway;
  readonly clock = new ManualClock(new Date(Math.trunc(Date.now() / SECOND) * SECOND).toISOString());
  readonly out: HcpEvent[] = [];
  readonly states: SourceState<HcpEventConnection>[] = [];
  readonly problems: (Error & { code?: string })[] = [];
  /** The number of checks that found a complete subscription. */
  checks = 0;
  readonly warnings: string[] = [];
  /** The folder of the journal, which survives a run. */
  readonly folder = mkdtempSync(path.join(tmpdir(), "hcp-event-"));
  readonly #client: HcpClient;
  readonly #open = new Set<HcpEventSource>();

  private constructor(gateway: HcpGateway) {
    this.gateway = gateway;
    // The platform uses the clock of the test.
    Object.defineProperty(gateway, "clockSkewMs", { get: () => this.clock.now() - Date.now() });
    const now = (): number => this.clock.now();
    this.#client = new HcpClient({ url: gateway.url, ...credentials, random: () => 0, now });
    gateway.platform.listed = false;
    const { resources } = gateway.events;
    resources.set("resource/v1/cameras", [{ cameraIndexCode: "31" }, { cameraIndexCode: "32" }]);
    resources.set("resource/v1/acsDoor/acsDoorList", [{ doorIndexCode: "d1" }]);
  }

  static async begin(): Promise<HcpEventSourceRig> {
    return new HcpEventSourceRig(await startHcpGateway(credentials));
  }

  async end(): Promise<void> {
    for (const source of this.#open) await source.close();
    await this.#client.close();
    await this.gateway.close();
    rmSync(this.folder, { recursive: true });
  }

  start({ event, ...options }: RigOptions = {}): HcpEventSource {
    const source = new HcpEventSource(
      {
        client: this.#client,
        clock: this.clock,
        eventTypes: [MOTION, GRANTED],
        eventDest: "http://127.0.0.1:1880/hcp/events/t0ken",
        checkEvery: 60,
        images: "none",
        backfill: true,
        journal: path.join(this.folder, "journal"),
        onChecked: () => (this.checks += 1),
        ...options,
      },
      {
        event: (delivered) => {
          this.out.push(delivered);
          return event?.();
        },
        state: (state) => this.states.push(state),
        failure: (error) => this.problems.push(error),
        warning: (text) => this.warnings.push(text),
      },
    );
    this.#open.add(source);
    return source;
  }

  /** Starts a source and waits until its types are subscribed. */
  async subscribed(options: RigOptions = {}): Promise<HcpEventSource> {
    const before = this.checks;
    const source = this.start(options);
    await until(() => this.checks > before);
    return source;
  }

  async stop(source: HcpEventSource): Promise<void> {
    this.#open.delete(source);
    await source.close();
  }

  /** Runs a source until it has delivered one event, and closes it. */
  async firstRun(): Promise<void> {
    const source = await this.subscribed();
    this.record("seen");
    await source.receive(this.post(this.motion("seen")));
    await until(() => this.out.length === 1);
    await this.stop(source);
    this.out.length = 0;
    this.checks = 0;
  }

  post(...events: object[]): Buffer {
    const params = { ability: "event_vss", sendTime: spacedTime(this.clock.now()), events };
    return Buffer.from(JSON.stringify({ params }));
  }

  motion(eventId: string, more: object = {}): object {
    return {
      eventId,
      eventType: MOTION,
      srcType: "camera",
      srcIndex: "31",
      status: 0,
      happenTime: spacedTime(this.clock.now()),
      ...more,
    };
  }

  /** Adds a record to the platform. */
  record(eventIndexCode: string, more: Partial<GatewayRecord> = {}): void {
    this.gateway.events.records.push({
      eventIndexCode,
      eventType: MOTION,
      srcType: "camera",
      srcIndex: "31",
      startTime: this.clock.now(),
      ...more,
    });
  }

  get ids(): string[] {
    return this.out.map(({ event }) => event.id);
  }

  /** Returns the ids of events from backfill. */
  get backfilled(): string[] {
    return this.out.filter(({ origin }) => origin.backfilled === true).map(({ event }) => event.id);
  }

  /** Returns the content of the journal. */
  get journal(): string {
    return readFileSync(path.join(this.folder, "journal.jsonl"), "utf8");
  }

  /** Returns the bodies of the searches for records. */
  get searches(): Record<string, string>[] {
    return this.gateway.requests
      .filter(({ path }) => path.endsWith("/eventRecords/page"))
      .map(({ body }) => JSON.parse(body) as Record<string, string>);
  }
}
