import { backoff } from "../../../core/backoff";
import { systemClock, type Clock } from "../../../core/clock";
import { SurveillanceError, isClosedError, toError } from "../../../core/errors";
import type { SubscriptionReport } from "../../diagnosis/reports";
import { networkError } from "../../../net/network-error";
import type { HcpClient } from "../../request/client";
import { forgetClaims, keepClaim, keptClaims, releaseTogether } from "./departures";
import { isPermanentRefusal } from "../../request/outcome";
import { obsoleteTypes, type Claim, type OwnSubscription } from "./obsolete-types";
import { isTaken, stillSubscribed, takenByOthers, takenFromOthers } from "./errors";
import {
  comparable,
  fingerprint,
  otherAddressesOf,
  subscriptionView,
  typesAt,
  typesAtOthers,
  type ViewEntry,
} from "./view";

const SUBSCRIBE = "/artemis/api/eventService/v1/eventSubscriptionByEventTypes";
const UNSUBSCRIBE = "/artemis/api/eventService/v1/eventUnSubscriptionByEventTypes";

/** Guide, 5.5.3. */
const MAX_TYPES_PER_CALL = 256;
/** More rejections than it takes to halve 256 types down to one: then the platform rejects something else. */
const MAX_REFUSALS_IN_A_ROW = 12;
const RETRY_FIRST_MS = 2000;
/** The time for which a deploy waits until the platform has unsubscribed. */
const RELEASE_MS = 1500;

export interface EventSubscriptionOptions {
  client: HcpClient;
  eventTypes: readonly number[];
  /** The address to which the platform posts. Without it, nothing is subscribed. */
  eventDest?: string | undefined;
  /** Seconds between two checks. */
  checkEvery: number;
  clock?: Clock;
  /**
   * Called when a check succeeds: `count` types are subscribed. `gap` is true if some were not subscribed until now, or
   * if the check before failed. `date` is the HTTP header with the platform's clock.
   */
  onSubscribed: (count: number, gap: boolean, date: string) => void;
  /** Called when the platform rejects one type. The other types are subscribed. */
  onRefused: (error: SurveillanceError) => void;
  /** Called when a check fails. The next check follows in `retryMs`. */
  onProblem: (error: SurveillanceError, retryMs: number) => void;
  /** Called with advice for the user. The subscription works. */
  onAdvice: (error: SurveillanceError) => void;
  /** Called when the types to remember have changed, before types are subscribed and after types are released. */
  onOwn: (own: OwnSubscription[]) => Promise<void>;
}

/** The subscriptions of this process by server: the platform unsubscribes a type for all addresses at once. */
const users = new Map<string, Set<EventSubscription>>();

/**
 * Keeps event types subscribed (guide, 5.5.3 to 5.5.5). It checks what the platform has, subscribes what is missing,
 * and checks again from time to time: a platform that restarts forgets its subscriptions without notice.
 *
 * The guide does not say whether the platform keeps a second address for a type beside the first. If it does not, two
 * receivers would take the types from each other again and again. So a subscription takes types from another address
 * only at its start, and later only if the platform was seen to keep both.
 */
export class EventSubscription {
  readonly #options: EventSubscriptionOptions;
  readonly #clock: Clock;
  readonly #closing = new AbortController();
  /** Types that the platform rejects. They are not requested again. */
  readonly #refused = new Set<number>();
  #own: OwnSubscription[] = [];
  #cancelNext: (() => void) | undefined;
  #failures = 0;
  #refusalsInARow = 0;
  /** True after all missing types were requested once. */
  #hasStarted = false;
  /** True after the platform was seen to keep several addresses for a type. */
  #keepsAll = false;

  constructor(options: EventSubscriptionOptions) {
    const { client, clock = systemClock } = options;
    this.#options = options;
    this.#clock = clock;
    const neighbours = users.get(client.host) ?? new Set();
    users.set(client.host, neighbours.add(this));
    forgetClaims(client.host);
  }

  /** Returns the types that this subscription needs. */
  get claim(): Claim {
    const { eventDest, eventTypes } = this.#options;
    return { destination: eventDest && comparable(eventDest), types: new Set(eventTypes) };
  }

  /** Returns the subscriptions of this node that must be remembered. */
  get own(): OwnSubscription[] {
    return this.#own;
  }

  /** Sets the subscriptions of earlier runs. Call it before the first {@link check}. */
  remember(own: readonly OwnSubscription[]): void {
    this.#own = [...own];
  }

  /** Checks, subscribes, and plans the next check. Never rejects. */
  async check(): Promise<void> {
    const { eventDest, checkEvery, onSubscribed, onProblem } = this.#options;
    if (eventDest === undefined || this.#closing.signal.aborted) return;
    this.#cancelNext?.();
    let wait = checkEvery * 1000;
    try {
      const { changed, date } = await this.#subscribeMissing(eventDest);
      const gap = changed || this.#failures > 0;
      this.#failures = 0;
      onSubscribed(this.#types().length, gap, date);
    } catch (thrown) {
      if (isClosedError(thrown)) return;
      // More requests do not bring back types that another receiver has taken.
      if (!isTaken(thrown)) wait = backoff(this.#failures, { first: RETRY_FIRST_MS, max: wait });
      this.#failures += 1;
      onProblem(networkError(thrown, "HikCentral"), wait);
    }
    this.#cancelNext = this.#clock.after(wait, () => void this.check());
  }

  /** Compares the platform's subscription with this one. Never rejects. */
  async compare(): Promise<SubscriptionReport> {
    const { client, eventDest } = this.#options;
    if (eventDest === undefined) return { ok: false, message: "The node does not manage a subscription." };
    try {
      const { entries } = await subscriptionView(client, this.#closing.signal);
      const types = this.#types();
      const here = typesAt(entries, comparable(eventDest));
      const subscribed = types.filter((type) => here.has(type)).length;
      const otherAddresses = otherAddressesOf(types, entries, comparable(eventDest));
      return { ok: true, types: types.length, subscribed, otherAddresses };
    } catch (error) {
      return { ok: false, message: toError(error).message };
    }
  }

  /**
   * Stops the checks.
   *
   * @param removed true if the types are no longer needed: those that no other receiver gets are unsubscribed
   */
  async close(removed: boolean): Promise<void> {
    this.#cancelNext?.();
    this.#closing.abort();
    const { client, eventDest } = this.#options;
    const neighbours = users.get(client.host);
    neighbours?.delete(this);
    if (neighbours?.size === 0) users.delete(client.host);
    if (!removed) keepClaim(client.host, this.claim);
    if (!removed || eventDest === undefined) return;
    const own = [...this.#own, { destination: fingerprint(eventDest), types: this.#types() }];
    await releaseTogether(client, own, (all) => this.#releaseAll(all));
  }

  async #releaseAll(own: readonly OwnSubscription[]): Promise<void> {
    const { client } = this.#options;
    const claims = [...claimsOf(users.get(client.host)), ...keptClaims(client.host)];
    // The client of the server's node may be closed already: a deploy closes all nodes at once.
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

  #types(): number[] {
    return this.#options.eventTypes.filter((type) => !this.#refused.has(type));
  }

  /**
   * Subscribes missing types.
   *
   * @returns whether anything was changed, and the header with the platform's clock
   */
  async #subscribeMissing(eventDest: string): Promise<{ changed: boolean; date: string }> {
    const { client } = this.#options;
    const { signal } = this.#closing;
    const destination = comparable(eventDest);
    const view = await subscriptionView(client, signal);
    const claims = claimsOf(users.get(client.host));
    const entries = await this.#release(client, view.entries, this.#own, claims, signal);
    const here = typesAt(entries, destination);
    const atOthers = typesAtOthers(entries, destination);
    this.#keepsAll ||= this.#types().some((type) => here.has(type) && atOthers.has(type));
    const missing = this.#types().filter((type) => !here.has(type));
    const mayTake = !this.#hasStarted || this.#keepsAll;
    const requested = mayTake ? missing : missing.filter((type) => !atOthers.has(type));
    await this.#remember(eventDest, entries);
    this.#refusalsInARow = 0;
    for (const chunk of chunks(requested)) await this.#subscribe(chunk, eventDest);
    this.#hasStarted = true;
    const contested = this.#types().filter((type) => requested.includes(type) && atOthers.has(type));
    const won = contested.length > 0 ? await this.#typesWon(contested, destination, entries) : [];
    const lost = missing.filter((type) => atOthers.has(type) && !won.includes(type));
    if (lost.length > 0) throw takenByOthers(lost.length, otherAddressesOf(lost, entries, destination));
    return { changed: missing.length > 0 || entries !== view.entries, date: view.date };
  }

  /**
   * Unsubscribes our types that are no longer needed.
   *
   * @returns the entries of the platform afterwards; the given entries if nothing was changed
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
      // A version that cannot unsubscribe, or forbids it, still gets its new subscription.
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

  /** Remembers the types before they are subscribed: after a kill, the next run must find its own subscriptions. */
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
    // Types at our own address that were ours and are still subscribed stay ours, too.
    const before = this.#own.find(({ destination }) => destination === here)?.types ?? [];
    const kept = before.filter((type) => still.get(here)?.has(type));
    const own = [...left, { destination: here, types: [...new Set([...this.#types(), ...kept])] }];
    if (JSON.stringify(own) === JSON.stringify(this.#own)) return;
    this.#own = own;
    await this.#options.onOwn(own);
  }

  /** Returns the types that another address had and that are now subscribed here. */
  async #typesWon(types: number[], destination: string, before: readonly ViewEntry[]): Promise<number[]> {
    const { entries } = await subscriptionView(this.#options.client, this.#closing.signal);
    const here = typesAt(entries, destination);
    const won = types.filter((type) => here.has(type));
    const atOthers = typesAtOthers(entries, destination);
    const taken = won.filter((type) => !atOthers.has(type));
    this.#keepsAll ||= won.length > taken.length;
    if (taken.length > 0) {
      this.#options.onAdvice(takenFromOthers(taken.length, otherAddressesOf(taken, before, destination)));
    }
    return won;
  }

  /**
   * Subscribes types. A type that a version does not have must not prevent the others: rejected types are found by
   * halving.
   */
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
        // If no type is left, the platform rejects the address, not the types.
        if (this.#types().length === 1) throw error;
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
