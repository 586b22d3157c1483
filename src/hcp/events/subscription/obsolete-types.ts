import { fingerprint, type ViewEntry } from "./view";

/** The subscription of a node, also from an earlier run or with other settings. Plain data: it is stored. */
export interface OwnSubscription {
  /** The fingerprint of the address. */
  destination: string;
  types: number[];
}

/** The types that a node in this process needs. */
export interface Claim {
  /** The address in the form of `comparable`; undefined for a node that does not subscribe, and may use any address. */
  destination: string | undefined;
  types: ReadonlySet<number>;
}

/** The types to unsubscribe, and the types to subscribe again afterwards. */
export interface Release {
  types: number[];
  again: ViewEntry[];
}

/**
 * Finds types that were subscribed for nodes of this process and are no longer needed. The platform unsubscribes a type
 * for every address of the partner's user at once. So a type stays if another receiver gets it, and is subscribed again
 * if other nodes here get it.
 */
export function obsoleteTypes(
  entries: readonly ViewEntry[],
  own: readonly OwnSubscription[],
  claims: readonly Claim[],
): Release {
  const ours = new Map<string, Set<number>>();
  for (const { destination, types } of own) {
    ours.set(destination, new Set([...(ours.get(destination) ?? []), ...types]));
  }
  const uses = entries.map((entry) => {
    const subscribed = ours.get(fingerprint(entry.destination));
    const isClaimed = (type: number): boolean =>
      claims.some(
        ({ destination = entry.destination, types }) => destination === entry.destination && types.has(type),
      );
    return {
      entry,
      isClaimed,
      isObsolete: (type: number) => subscribed?.has(type) === true && !isClaimed(type),
    };
  });
  const candidates = uses.flatMap(({ entry, isObsolete }) => entry.types.filter(isObsolete));
  const types = [...new Set(candidates)].filter((type) =>
    uses.every(
      ({ entry, isClaimed, isObsolete }) =>
        !entry.types.includes(type) || isClaimed(type) || isObsolete(type),
    ),
  );
  const again = uses.map(({ entry: { destination, types: all }, isClaimed }) => ({
    destination,
    types: all.filter((type) => types.includes(type) && isClaimed(type)),
  }));
  return { types, again: again.filter((entry) => entry.types.length > 0) };
}
