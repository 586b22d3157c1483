import { setImmediate as nextTurn } from "node:timers/promises";
import type { Claim, OwnSubscription } from "./obsolete-types";

/** What nodes need that are closed but not removed, by server: a deploy closes all before it starts any. */
const resting = new Map<string, Claim[]>();
/** What nodes had that are removed in the same turn of the event loop, and what becomes of it. */
const departures = new WeakMap<object, { own: OwnSubscription[]; done: Promise<void> }>();

/** A node is closed and will be back. */
export function rest(host: string, claim: Claim): void {
  resting.set(host, [...(resting.get(host) ?? []), claim]);
}

/** The nodes are back, with what they need now. */
export function wake(host: string): void {
  resting.delete(host);
}

/** What those nodes need that are about to be back. */
export function restingClaims(host: string): readonly Claim[] {
  return resting.get(host) ?? [];
}

/**
 * Removed nodes leave together: each of them would take the others' types for somebody else's, and leave its own subscribed.
 *
 * @param release is called once for all that leave in this turn, with what all of them had
 */
export function leaveTogether(
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
