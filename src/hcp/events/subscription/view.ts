import { createHash } from "node:crypto";
import type { HcpClient } from "../../request/client";
import { fieldsOf, listOf, numberOf, textOf } from "../../values";

const VIEW = "/artemis/api/eventService/v1/eventSubscriptionView";

/** What the platform posts to one address. */
export interface ViewEntry {
  /** Comparable. */
  destination: string;
  types: number[];
}

/** What the platform has subscribed for the partner's user (guide, 5.5.4), at its clock's time. */
export interface SubscriptionView {
  entries: ViewEntry[];
  /** Of the answer's HTTP header; empty where it has none. */
  date: string;
}

export async function subscriptionView(client: HcpClient, signal: AbortSignal): Promise<SubscriptionView> {
  const { data, date = "" } = await client.request(VIEW, {}, { signal });
  const entries = listOf(fieldsOf(data)?.detail).map(({ eventDest, eventTypes }) => ({
    destination: comparable(textOf(eventDest) ?? ""),
    types: (Array.isArray(eventTypes) ? (eventTypes as unknown[]) : (textOf(eventTypes)?.split(",") ?? []))
      .map(numberOf)
      .filter((type) => type !== undefined),
  }));
  return { entries, date };
}

/** The platform was seen to put blanks into addresses. */
export function comparable(address: string): string {
  return address.replace(/\s+/g, "").replace(/\/+$/, "");
}

/** By this an address is known again that may hold a token, which must not lie about in a file. */
export function fingerprint(destination: string): string {
  return createHash("sha256").update(comparable(destination)).digest("hex").slice(0, 32);
}

/** Of an address what may be shown: its path can hold the token of somebody else. */
function shownAddress(destination: string): string {
  return URL.canParse(destination) ? new URL(destination).origin : "an address that cannot be read";
}

/** What the platform posts to an address. */
export function typesAt(entries: readonly ViewEntry[], destination: string): Set<number> {
  return new Set(entries.filter((entry) => entry.destination === destination).flatMap(({ types }) => types));
}

export function othersThan(destination: string, entries: readonly ViewEntry[]): ViewEntry[] {
  return entries.filter((entry) => entry.destination !== destination);
}

/** The addresses that get any of the types, without what may be secret of them. */
export function holdersOf(types: readonly number[], entries: readonly ViewEntry[], except: string): string[] {
  const holders = othersThan(except, entries).filter((entry) =>
    entry.types.some((type) => types.includes(type)),
  );
  return [...new Set(holders.map(({ destination }) => shownAddress(destination)))];
}
