import { fingerprint, type ViewEntry } from "./view";

/** What was subscribed on behalf of a node, be it in an earlier run or with other settings. Plain data: it is stored. */
export interface OwnSubscription {
  /** Fingerprint of the address. */
  destination: string;
  types: number[];
}

/** Who in this process needs which types. */
export interface Claim {
  /** Comparable; undefined for one who listens only, wherever that is subscribed to. */
  destination: string | undefined;
  types: ReadonlySet<number>;
}

/** What is to be unsubscribed, and what is to be subscribed anew afterwards. */
export interface Release {
  types: number[];
  again: ViewEntry[];
}

/**
 * Finds what was subscribed on our behalf and nobody here needs any more. The platform unsubscribes by type, for every address
 * of the partner's user at once: so a type that somebody else gets stays, and one that others in this process get is
 * subscribed for them anew.
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
  const places = entries.map((entry) => {
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
  const candidates = places.flatMap(({ entry, isObsolete }) => entry.types.filter(isObsolete));
  const types = [...new Set(candidates)].filter((type) =>
    places.every(
      ({ entry, isClaimed, isObsolete }) =>
        !entry.types.includes(type) || isClaimed(type) || isObsolete(type),
    ),
  );
  const again = places.map(({ entry: { destination, types: all }, isClaimed }) => ({
    destination,
    types: all.filter((type) => types.includes(type) && isClaimed(type)),
  }));
  return { types, again: again.filter((entry) => entry.types.length > 0) };
}
