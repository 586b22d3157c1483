import { systemClock, type Clock } from "../clock";
import { SurveillanceError, toError } from "../errors";
import type { HcpClient } from "./client";
import { isLastingRefusal } from "./events/lasting-refusal";
import { fieldsOf, listOf, numberOf, textOf } from "./events/values";

const SUBSCRIBE = "/artemis/api/eventService/v1/eventSubscriptionByEventTypes";
const VIEW = "/artemis/api/eventService/v1/eventSubscriptionView";
const UNSUBSCRIBE = "/artemis/api/eventService/v1/eventUnSubscriptionByEventTypes";

/** Guide, 5.5.3. */
const MAX_TYPES_PER_CALL = 256;
/** More than it takes to halve 256 types down to one: then it is something else that the platform does not take. */
const MAX_REFUSALS_IN_A_ROW = 12;
const RETRY_FIRST_MS = 2000;
/** The editor waits for a node that is deployed. */
const RELEASE_MS = 1500;

export interface EventSubscriptionOptions {
  client: HcpClient;
  eventTypes: readonly number[];
  /** The address that the platform is to post to; without one, the subscription is somebody else's business. */
  eventDest?: string | undefined;
  /** Seconds between two looks at what the platform has. */
  checkEvery: number;
  clock?: Clock;
  /**
   * `count` types are subscribed; `gap` tells whether some were not until now, or it could not be seen whether they were.
   */
  onSubscribed: (count: number, gap: boolean) => void;
  onProblem: (error: Error) => void;
}

/** Who needs which types in this process, by server: the platform unsubscribes a type for everybody at once. */
const users = new Map<string, Set<EventSubscription>>();

/**
 * Keeps event types subscribed: looks at what the platform has, subscribes what is missing, and looks again from time to
 * time, since the platform forgets its subscriptions when it restarts and tells nobody (guide, 5.5.3 to 5.5.5).
 */
export class EventSubscription {
  readonly #options: EventSubscriptionOptions;
  readonly #clock: Clock;
  readonly #closing = new AbortController();
  /** What the platform does not take, so that it is not asked for it again and again. */
  readonly #refused = new Set<number>();
  #cancelNext: (() => void) | undefined;
  #failures = 0;
  #refusalsInARow = 0;

  constructor(options: EventSubscriptionOptions) {
    const { client, clock = systemClock } = options;
    this.#options = options;
    this.#clock = clock;
    const neighbours = users.get(client.host) ?? new Set();
    users.set(client.host, neighbours.add(this));
  }

  /** Looks, subscribes, and plans the next look. Never rejects. */
  async check(): Promise<void> {
    const { eventDest, checkEvery, onSubscribed, onProblem } = this.#options;
    if (eventDest === undefined || this.#closing.signal.aborted) return;
    this.#cancelNext?.();
    let wait = checkEvery * 1000;
    try {
      const missing = await this.#subscribeMissing(eventDest);
      const gap = missing > 0 || this.#failures > 0;
      this.#failures = 0;
      onSubscribed(this.#wanted().length, gap);
    } catch (thrown) {
      if (isClosed(thrown)) return;
      wait = Math.min(wait, RETRY_FIRST_MS * 2 ** this.#failures);
      this.#failures += 1;
      onProblem(toError(thrown));
    }
    this.#cancelNext = this.#clock.after(wait, () => void this.check());
  }

  /**
   * Stops looking.
   *
   * @param removed whether the types are no longer needed: those that nobody else gets, here or elsewhere, are unsubscribed
   */
  async close(removed: boolean): Promise<void> {
    this.#cancelNext?.();
    this.#closing.abort();
    const { client, eventDest } = this.#options;
    const neighbours = users.get(client.host);
    neighbours?.delete(this);
    if (neighbours?.size === 0) users.delete(client.host);
    if (!removed || eventDest === undefined) return;
    const needed = new Set([...(neighbours ?? [])].flatMap((other) => other.#options.eventTypes));
    const signal = AbortSignal.timeout(RELEASE_MS);
    const view = await this.#view(signal);
    for (const { destination, types } of view) {
      if (destination !== comparable(eventDest)) for (const type of types) needed.add(type);
    }
    const ours = new Set(view.flatMap(({ types }) => types));
    const obsolete = this.#options.eventTypes.filter((type) => ours.has(type) && !needed.has(type));
    for (const eventTypes of chunks(obsolete)) await client.request(UNSUBSCRIBE, { eventTypes }, { signal });
  }

  #wanted(): number[] {
    return this.#options.eventTypes.filter((type) => !this.#refused.has(type));
  }

  /** @returns how many were missing */
  async #subscribeMissing(eventDest: string): Promise<number> {
    const view = await this.#view(this.#closing.signal);
    const there = new Set(
      view.filter(({ destination }) => destination === comparable(eventDest)).flatMap(({ types }) => types),
    );
    const missing = this.#wanted().filter((type) => !there.has(type));
    this.#refusalsInARow = 0;
    for (const chunk of chunks(missing)) await this.#subscribe(chunk, eventDest);
    return missing.length;
  }

  /** One type that a version does not have must not keep the others from coming: the refused are found by halving. */
  async #subscribe(eventTypes: number[], eventDest: string): Promise<void> {
    const { client, onProblem } = this.#options;
    try {
      await client.request(SUBSCRIBE, { eventTypes, eventDest }, { signal: this.#closing.signal });
      this.#refusalsInARow = 0;
    } catch (error) {
      this.#refusalsInARow += 1;
      const isAboutTypes = isLastingRefusal(error) && error.code !== "HCP_FORBIDDEN";
      if (!isAboutTypes || this.#refusalsInARow > MAX_REFUSALS_IN_A_ROW) throw error;
      if (eventTypes.length === 1) {
        // With nothing left it is the address, not the types.
        if (this.#wanted().length === 1) throw error;
        for (const type of eventTypes) this.#refused.add(type);
        onProblem(new SurveillanceError(error.code, `Event type ${eventTypes.join()}: ${error.message}`));
        return;
      }
      const half = Math.ceil(eventTypes.length / 2);
      await this.#subscribe(eventTypes.slice(0, half), eventDest);
      await this.#subscribe(eventTypes.slice(half), eventDest);
    }
  }

  async #view(signal: AbortSignal): Promise<{ destination: string; types: number[] }[]> {
    const { data } = await this.#options.client.request(VIEW, {}, { signal });
    return listOf(fieldsOf(data)?.detail).map(({ eventDest, eventTypes }) => ({
      destination: comparable(textOf(eventDest) ?? ""),
      types: (Array.isArray(eventTypes) ? (eventTypes as unknown[]) : (textOf(eventTypes)?.split(",") ?? []))
        .map(numberOf)
        .filter((type) => type !== undefined),
    }));
  }
}

/** The platform was seen to put blanks into addresses. */
function comparable(address: string): string {
  return address.replace(/\s+/g, "").replace(/\/+$/, "");
}

function chunks(types: readonly number[]): number[][] {
  const count = Math.ceil(types.length / MAX_TYPES_PER_CALL);
  return Array.from({ length: count }, (_, i) =>
    types.slice(i * MAX_TYPES_PER_CALL, (i + 1) * MAX_TYPES_PER_CALL),
  );
}

function isClosed(thrown: unknown): boolean {
  return thrown instanceof SurveillanceError && thrown.code === "CLOSED";
}
