/** The subscriptions of nodes that close: a deploy closes all nodes before it starts any. */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Claim, OwnSubscription } from "./obsolete-types";

/** The claims of nodes that are closed and will start again, by server. */
const kept = new Map<string, Claim[]>();
/** The subscriptions of nodes that are removed in this turn of the event loop, and the work on them. */
const departures = new WeakMap<object, { own: OwnSubscription[]; done: Promise<void> }>();

/** Keeps the claim of a closed node that starts again: other nodes must leave its types subscribed. */
export function keepClaim(host: string, claim: Claim): void {
  kept.set(host, [...(kept.get(host) ?? []), claim]);
}

/** Forgets the kept claims: the nodes have started again and have new claims. */
export function forgetClaims(host: string): void {
  kept.delete(host);
}

export function keptClaims(host: string): readonly Claim[] {
  return kept.get(host) ?? [];
}

/**
 * Releases the subscriptions of all nodes that are removed in this turn together. One by one, each node would treat the
 * others' types as those of another receiver, and leave its own types subscribed.
 *
 * @param release called once, with the subscriptions of all these nodes
 */
export function releaseTogether(
  client: object,
  own: readonly OwnSubscription[],
  release: (own: OwnSubscription[]) => Promise<void>,
): Promise<void> {
  const known = departures.get(client);
  if (known !== undefined) {
    known.own.push(...own);
    return known.done;
  }
  const all = [...own];
  const done = nextTurn().then(() => {
    departures.delete(client);
    return release(all);
  });
  departures.set(client, { own: all, done });
  return done;
}
