import { createHash } from "node:crypto";
import type { HcpClient } from "../../request/client";
import { fieldsOf, listOf, numberOf, textOf } from "../../values";

const VIEW = "/artemis/api/eventService/v1/eventSubscriptionView";

/** The event types that the platform posts to one address. */
export interface ViewEntry {
  /** As {@link comparable} writes it. */
  destination: string;
  types: number[];
}

/** The subscriptions of the partner's user. */
export interface SubscriptionView {
  entries: ViewEntry[];
  /** The response's HTTP header with the platform's clock; empty if it has none. */
  date: string;
}

/** Reads the subscriptions of the partner's user (guide, 5.5.4). */
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

/** An address without blanks and slashes at its end: the platform was seen to put blanks into addresses. */
export function comparable(address: string): string {
  return address.replace(/\s+/g, "").replace(/\/+$/, "");
}

/** Identifies an address in a file: the address itself may hold a token. */
export function fingerprint(destination: string): string {
  return createHash("sha256").update(comparable(destination)).digest("hex").slice(0, 32);
}

/** The part of an address that may be shown: its path may hold the token of another receiver. */
function shownAddress(destination: string): string {
  return URL.canParse(destination) ? new URL(destination).origin : "an unreadable address";
}

/** The types that the platform posts to an address. */
export function typesAt(entries: readonly ViewEntry[], destination: string): Set<number> {
  return new Set(entries.filter((entry) => entry.destination === destination).flatMap(({ types }) => types));
}

/** The types that the platform posts to any other address. */
export function typesAtOthers(entries: readonly ViewEntry[], destination: string): Set<number> {
  return new Set(entries.filter((entry) => entry.destination !== destination).flatMap(({ types }) => types));
}

/** The other addresses that receive any of the types, without the parts that may be secret. */
export function otherAddressesOf(
  types: readonly number[],
  entries: readonly ViewEntry[],
  destination: string,
): string[] {
  const others = entries.filter(
    (entry) => entry.destination !== destination && entry.types.some((type) => types.includes(type)),
  );
  return [...new Set(others.map((entry) => shownAddress(entry.destination)))];
}
