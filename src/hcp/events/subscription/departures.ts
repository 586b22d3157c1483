/** What becomes of subscriptions whose nodes close: a deploy closes all nodes before it starts any. */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Claim, OwnSubscription } from "./obsolete-types";

/** The claims of nodes that are closed and will start again, by server. */
const kept = new Map<string, Claim[]>();
/** What removed nodes of this turn of the event loop had subscribed, and the work on it. */
const departures = new WeakMap<object, { own: OwnSubscription[]; done: Promise<void> }>();

/** A node is closed and will start again: other nodes must leave its types subscribed. */
export function keepClaim(host: string, claim: Claim): void {
  kept.set(host, [...(kept.get(host) ?? []), claim]);
}

/** The nodes have started again, with claims of their own. */
export function forgetClaims(host: string): void {
  kept.delete(host);
}

export function keptClaims(host: string): readonly Claim[] {
  return kept.get(host) ?? [];
}

/**
 * Releases what all nodes that are removed in this turn had subscribed. One by one, each would take the others' types for
 * those of another receiver, and leave its own subscribed.
 *
 * @param release called once, with what all of them had
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
