import { HcpClient } from "../../src/hcp/request/client";
import type { OwnSubscription } from "../../src/hcp/events/subscription/obsolete-types";
import {
  EventSubscription,
  type EventSubscriptionOptions,
} from "../../src/hcp/events/subscription/subscription";
import { startHcpGateway, type HcpGateway } from "../servers/hcp-gateway";
import { ManualClock } from "./manual-clock";

export const appKey = "21000008";
export const appSecret = "subscription-test-secret";
export const eventDest = "http://127.0.0.1:1880/hcp/events/t0ken";

/** Subscriptions at a gateway, and what they report. */
export class SubscriptionRig {
  client: HcpClient;
  readonly clock = new ManualClock();
  readonly reports: { count: number; gap: boolean }[] = [];
  readonly problems: Error[] = [];
  readonly advice: (Error & { code?: string })[] = [];
  readonly #open: EventSubscription[] = [];
  /** The subscriptions that a run remembers for the next one. */
  remembered: OwnSubscription[] = [];

  private constructor(readonly gateway: HcpGateway) {
    this.client = new HcpClient({ url: gateway.url, appKey, appSecret, random: () => 0 });
  }

  static async start(): Promise<SubscriptionRig> {
    return new SubscriptionRig(await startHcpGateway({ appKey, appSecret }));
  }

  readonly subscription = (
    eventTypes: readonly number[],
    options: Partial<EventSubscriptionOptions> = {},
  ): EventSubscription => {
    const made = new EventSubscription({
      client: this.client,
      eventTypes,
      eventDest,
      checkEvery: 60,
      clock: this.clock,
      onSubscribed: (count, gap) => this.reports.push({ count, gap }),
      onRefused: (error) => this.problems.push(error),
      onProblem: (error) => this.problems.push(error),
      onAdvice: (error) => this.advice.push(error),
      onOwn: (own) => {
        this.remembered = own;
        return Promise.resolve();
      },
      ...options,
    });
    this.#open.push(made);
    return made;
  };

  readonly calls = (name: string): { eventTypes: number[]; eventDest: string }[] =>
    this.gateway.requests
      .filter(({ path }) => path.endsWith(name))
      .map(({ body }) => JSON.parse(body) as { eventTypes: number[]; eventDest: string });

  readonly subscribed = (dest = eventDest): number[] | undefined =>
    this.gateway.events.subscriptions.find((entry) => entry.eventDest === dest)?.eventTypes;

  async close(): Promise<void> {
    await Promise.all(this.#open.map((subscription) => subscription.close(false)));
    await this.client.close();
    await this.gateway.close();
  }
}

export { until } from "./until";
