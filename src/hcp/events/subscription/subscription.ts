import { backoff } from "../../../core/backoff";
import { systemClock, type Clock } from "../../../core/clock";
import { SurveillanceError, isClosedError, toError } from "../../../core/errors";
import type { SubscriptionReport } from "../../diagnosis/reports";
import { networkError } from "../../../net/network-error";
import type { HcpClient } from "../../request/client";
import { leaveTogether, rest, restingClaims, wake } from "./departures";
import { isPermanentRefusal } from "../../request/outcome";
import { obsoleteTypes, type Claim, type OwnSubscription } from "./obsolete-types";
import { isTaken, stillSubscribed, takenAway, tookAway } from "./errors";
import {
  comparable,
  fingerprint,
  holdersOf,
  othersThan,
  subscriptionView,
  typesAt,
  type ViewEntry,
} from "./view";

const SUBSCRIBE = "/artemis/api/eventService/v1/eventSubscriptionByEventTypes";
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
   * `count` types are subscribed; `gap` tells whether some were not until now, or it could not be seen whether they were;
   * `date` is the platform's clock, as its HTTP header says it.
   */
  onSubscribed: (count: number, gap: boolean, date: string) => void;
  /** The platform refuses one type. The others are subscribed. */
  onRefused: (error: SurveillanceError) => void;
  /** The check failed. The next one follows in `retryMs`. */
  onProblem: (error: SurveillanceError, retryMs: number) => void;
  /** It works, but a person should know this. */
  onAdvice: (error: SurveillanceError) => void;
  /** The types to remember have changed: some are about to be subscribed, or no longer ours. */
  onOwn: (own: OwnSubscription[]) => Promise<void>;
}

/** Who needs which types in this process, by server: the platform unsubscribes a type for everybody at once. */
const users = new Map<string, Set<EventSubscription>>();

/**
 * Keeps event types subscribed: looks at what the platform has, subscribes what is missing, and looks again from time to
 * time, since the platform forgets its subscriptions when it restarts and tells nobody (guide, 5.5.3 to 5.5.5).
 *
 * Whether the platform keeps a second address for a type beside the first is documented nowhere. Where it does not, two
 * receivers would take the types from each other for ever: so a subscription takes what another address has when it starts, and
 * later only where the platform was seen to keep both.
 */
export class EventSubscription {
  readonly #options: EventSubscriptionOptions;
  readonly #clock: Clock;
  readonly #closing = new AbortController();
  /** What the platform does not take, so that it is not asked for it again and again. */
  readonly #refused = new Set<number>();
  #own: OwnSubscription[] = [];
  #cancelNext: (() => void) | undefined;
  #failures = 0;
  #refusalsInARow = 0;
  /** Whether all that was missing was asked for once. */
  #hasBegun = false;
  /** Whether the platform was seen to post a type to several addresses. */
  #keepsSeveral = false;

  constructor(options: EventSubscriptionOptions) {
    const { client, clock = systemClock } = options;
    this.#options = options;
    this.#clock = clock;
    const neighbours = users.get(client.host) ?? new Set();
    users.set(client.host, neighbours.add(this));
    wake(client.host);
  }

  /** What this one needs. */
  get claim(): Claim {
    const { eventDest, eventTypes } = this.#options;
    return { destination: eventDest && comparable(eventDest), types: new Set(eventTypes) };
  }

  /** What was subscribed on behalf of this node and is to be remembered. */
  get own(): OwnSubscription[] {
    return this.#own;
  }

  /** Tells what earlier runs had subscribed: before the first {@link check}. */
  remember(own: readonly OwnSubscription[]): void {
    this.#own = [...own];
  }

  /** Looks, subscribes, and plans the next look. Never rejects. */
  async check(): Promise<void> {
    const { eventDest, checkEvery, onSubscribed, onProblem } = this.#options;
    if (eventDest === undefined || this.#closing.signal.aborted) return;
    this.#cancelNext?.();
    let wait = checkEvery * 1000;
    try {
      const { changed, date } = await this.#subscribeMissing(eventDest);
      const gap = changed || this.#failures > 0;
      this.#failures = 0;
      onSubscribed(this.#wanted().length, gap, date);
    } catch (thrown) {
      if (isClosedError(thrown)) return;
      // What others have taken is not got back by asking more often.
      if (!isTaken(thrown)) wait = backoff(this.#failures, { first: RETRY_FIRST_MS, max: wait });
      this.#failures += 1;
      onProblem(networkError(thrown, "HikCentral"), wait);
    }
    this.#cancelNext = this.#clock.after(wait, () => void this.check());
  }

  /** Compares what the platform has with what is wanted. Never rejects. */
  async compare(): Promise<SubscriptionReport> {
    const { client, eventDest } = this.#options;
    if (eventDest === undefined) return { ok: false, message: "The node does not manage a subscription." };
    try {
      const { entries } = await subscriptionView(client, this.#closing.signal);
      const wanted = this.#wanted();
      const there = typesAt(entries, comparable(eventDest));
      const elsewhere = holdersOf(wanted, entries, comparable(eventDest));
      const found = wanted.filter((type) => there.has(type)).length;
      return { ok: true, wanted: wanted.length, there: found, elsewhere };
    } catch (error) {
      return { ok: false, message: toError(error).message };
    }
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
    if (!removed) rest(client.host, this.claim);
    if (!removed || eventDest === undefined) return;
    const own = [...this.#own, { destination: fingerprint(eventDest), types: this.#wanted() }];
    await leaveTogether(client, own, (all) => this.#releaseAll(all));
  }

  async #releaseAll(own: readonly OwnSubscription[]): Promise<void> {
    const { client } = this.#options;
    const claims = [...claimsOf(users.get(client.host)), ...restingClaims(client.host)];
    // That of the server's node may be closed already: everything is deployed anew at once.
    const fresh = client.fresh();
    try {
      const signal = AbortSignal.timeout(RELEASE_MS);
      const { entries } = await subscriptionView(fresh, signal);
      await this.#release(fresh, entries, own, claims, signal);
    } catch (cause) {
      throw stillSubscribed(cause, RELEASE_MS);
    } finally {
      await fresh.close();
    }
  }

  #wanted(): number[] {
    return this.#options.eventTypes.filter((type) => !this.#refused.has(type));
  }

  /** @returns whether anything had to be changed */
  async #subscribeMissing(eventDest: string): Promise<{ changed: boolean; date: string }> {
    const { client } = this.#options;
    const { signal } = this.#closing;
    const destination = comparable(eventDest);
    const view = await subscriptionView(client, signal);
    const claims = claimsOf(users.get(client.host));
    const entries = await this.#release(client, view.entries, this.#own, claims, signal);
    const there = typesAt(entries, destination);
    const elsewhere = new Set(othersThan(destination, entries).flatMap(({ types }) => types));
    this.#keepsSeveral ||= this.#wanted().some((type) => there.has(type) && elsewhere.has(type));
    const missing = this.#wanted().filter((type) => !there.has(type));
    const mayTake = !this.#hasBegun || this.#keepsSeveral;
    const asked = mayTake ? missing : missing.filter((type) => !elsewhere.has(type));
    await this.#remember(eventDest, entries);
    this.#refusalsInARow = 0;
    for (const chunk of chunks(asked)) await this.#subscribe(chunk, eventDest);
    this.#hasBegun = true;
    const contested = this.#wanted().filter((type) => asked.includes(type) && elsewhere.has(type));
    const got = contested.length > 0 ? await this.#seeWhoHas(contested, destination, entries) : [];
    const lost = missing.filter((type) => elsewhere.has(type) && !got.includes(type));
    if (lost.length > 0) throw takenAway(lost.length, holdersOf(lost, entries, destination));
    return { changed: missing.length > 0 || entries !== view.entries, date: view.date };
  }

  /**
   * Unsubscribes what is ours and not needed any more.
   *
   * @returns what the platform has afterwards: the same entries where nothing was to be done
   */
  async #release(
    client: HcpClient,
    entries: ViewEntry[],
    own: readonly OwnSubscription[],
    claims: readonly Claim[],
    signal: AbortSignal,
  ): Promise<ViewEntry[]> {
    const { types, again } = obsoleteTypes(entries, own, claims);
    if (types.length === 0) return entries;
    try {
      for (const eventTypes of chunks(types)) await client.request(UNSUBSCRIBE, { eventTypes }, { signal });
      for (const { destination, types: taken } of again) {
        for (const eventTypes of chunks(taken)) {
          await client.request(SUBSCRIBE, { eventTypes, eventDest: destination }, { signal });
        }
      }
    } catch (error) {
      // A version that does not unsubscribe, or may not, is to get its new subscription all the same.
      if (!isPermanentRefusal(error)) throw error;
      return entries;
    }
    const gone = new Set(types);
    const rest = entries.map((entry) => ({
      destination: entry.destination,
      types: entry.types.filter((type) => !gone.has(type)),
    }));
    return [...rest, ...again];
  }

  /** Before anything is subscribed: a process that is killed has to find its own again. */
  async #remember(eventDest: string, entries: readonly ViewEntry[]): Promise<void> {
    const here = fingerprint(eventDest);
    const still = new Map(entries.map((entry) => [fingerprint(entry.destination), new Set(entry.types)]));
    const left = this.#own
      .filter(({ destination }) => destination !== here)
      .map(({ destination, types }) => ({
        destination,
        types: types.filter((type) => still.get(destination)?.has(type)),
      }))
      .filter(({ types }) => types.length > 0);
    // Types at our own address that were ours and are still there stay ours, too.
    const before = this.#own.find(({ destination }) => destination === here)?.types ?? [];
    const kept = before.filter((type) => still.get(here)?.has(type));
    const own = [...left, { destination: here, types: [...new Set([...this.#wanted(), ...kept])] }];
    if (JSON.stringify(own) === JSON.stringify(this.#own)) return;
    this.#own = own;
    await this.#options.onOwn(own);
  }

  /** @returns which of the types that another address had come here now */
  async #seeWhoHas(types: number[], destination: string, before: readonly ViewEntry[]): Promise<number[]> {
    const { entries } = await subscriptionView(this.#options.client, this.#closing.signal);
    const here = typesAt(entries, destination);
    const got = types.filter((type) => here.has(type));
    const elsewhere = new Set(othersThan(destination, entries).flatMap((entry) => entry.types));
    const taken = got.filter((type) => !elsewhere.has(type));
    this.#keepsSeveral ||= got.length > taken.length;
    if (taken.length > 0) {
      this.#options.onAdvice(tookAway(taken.length, holdersOf(taken, before, destination)));
    }
    return got;
  }

  /** One type that a version does not have must not keep the others from coming: the refused are found by halving. */
  async #subscribe(eventTypes: number[], eventDest: string): Promise<void> {
    const { client, onRefused } = this.#options;
    try {
      await client.request(SUBSCRIBE, { eventTypes, eventDest }, { signal: this.#closing.signal });
      this.#refusalsInARow = 0;
    } catch (error) {
      this.#refusalsInARow += 1;
      const isAboutTypes = isPermanentRefusal(error) && error.code !== "HCP_FORBIDDEN";
      if (!isAboutTypes || this.#refusalsInARow > MAX_REFUSALS_IN_A_ROW) throw error;
      if (eventTypes.length === 1) {
        // With nothing left it is the address, not the types.
        if (this.#wanted().length === 1) throw error;
        for (const type of eventTypes) this.#refused.add(type);
        onRefused(new SurveillanceError(error.code, `Event type ${eventTypes.join()}: ${error.message}`));
        return;
      }
      const half = Math.ceil(eventTypes.length / 2);
      await this.#subscribe(eventTypes.slice(0, half), eventDest);
      await this.#subscribe(eventTypes.slice(half), eventDest);
    }
  }
}

function claimsOf(subscriptions: Iterable<EventSubscription> = []): Claim[] {
  return [...subscriptions].map((subscription) => subscription.claim);
}

function chunks(types: readonly number[]): number[][] {
  const count = Math.ceil(types.length / MAX_TYPES_PER_CALL);
  return Array.from({ length: count }, (_, i) =>
    types.slice(i * MAX_TYPES_PER_CALL, (i + 1) * MAX_TYPES_PER_CALL),
  );
}
