import { commonTypeOf } from "../../event-types";
import { channelOf, deviceOf, nameOf, unfetched, type DecodedEvent } from "./event";
import { eventTime } from "../../time";
import type { ImageAddress } from "./kinds";
import { listOf, numberOf, textOf, type Fields } from "../../values";

export function recordId(record: Fields): string | undefined {
  return textOf(record.eventIndexCode);
}

export function hasEnded(record: Fields): boolean {
  return textOf(record.stopTime) !== undefined;
}

/** Returns the start of a record, milliseconds since the epoch. */
export function startOf(record: Fields): number | undefined {
  const time = Date.parse(eventTime(textOf(record.startTime)) ?? "");
  return Number.isNaN(time) ? undefined : time;
}

/**
 * Returns the common event for a record of the platform (guide, 5.5.2). A record contains the whole occurrence, so it
 * is a `pulse`, or the `end` of an occurrence whose start was delivered.
 */
export function decodeRecord(
  record: Fields,
  news: "event" | "end",
  host: string,
  received: number,
): DecodedEvent {
  const eventType = numberOf(record.eventType);
  const imageAddresses = recordImages(record);
  const receivedTime = new Date(received).toISOString();
  const description = textOf(record.description) ?? nameOf(eventType);
  const happened = eventTime(textOf(news === "end" ? record.stopTime : record.startTime));
  return {
    event: {
      source: "hcp",
      type: commonTypeOf(eventType ?? Number.NaN),
      vendorType: eventType ?? "",
      state: news === "end" ? "end" : "pulse",
      id: recordId(record) ?? "",
      time: happened ?? receivedTime,
      receivedTime,
      device: deviceOf(record, host),
      channel: channelOf(record),
      ...(description !== undefined && { description }),
      targets: [],
      images: imageAddresses.map(unfetched),
      details: { ...record },
    },
    imageAddresses,
  };
}

/** Returns the addresses of the images in a record, each once. */
export function recordImages(record: Fields): ImageAddress[] {
  const named = [record, ...listOf(record.eventPicList)].map(({ eventPicUri }) => textOf(eventPicUri));
  return [...new Set(named)]
    .filter((uri) => uri !== undefined)
    .map((uri) => ({ kind: "overview", store: "event", uri }));
}
