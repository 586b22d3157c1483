import type { CommonEvent } from "../../events";
import type { HcpClient } from "../client";
import { platformTime } from "../time";
import type { PictureAddress } from "./kinds";
import { fieldsOf, listOf, textOf, type Fields } from "./values";

/** A record begins within this of the time its message tells. */
const MARGIN_MS = 60_000;

/** The pictures in the record of an event (guide, 5.5.2): the message itself names none. */
export async function eventRecordPictures(
  client: HcpClient,
  event: CommonEvent,
  signal: AbortSignal,
): Promise<PictureAddress[]> {
  const body = { eventIndexCode: event.id, ...around(event.time), pageNo: 1, pageSize: 1 };
  const reply = await client.request("/artemis/api/eventService/v1/eventRecords/page", body, { signal });
  return listOf(fieldsOf(reply.data)?.list).flatMap(recordPictures);
}

/** The addresses of the pictures that a record names, each once. */
export function recordPictures(record: Fields): PictureAddress[] {
  const named = [record, ...listOf(record.eventPicList)].map(({ eventPicUri }) => textOf(eventPicUri));
  return [...new Set(named)]
    .filter((uri) => uri !== undefined)
    .map((uri) => ({ kind: "overview", store: "event", uri }));
}

/** The picture of a vehicle whose plate was read (guide, 5.7): its event has no record of its own with one. */
export async function passingVehiclePictures(
  client: HcpClient,
  event: CommonEvent,
  signal: AbortSignal,
): Promise<PictureAddress[]> {
  const plate = event.targets[0]?.plate;
  const body = {
    cameraIndexCode: event.channel.id,
    ...(plate !== undefined && plate.length <= 16 && { plateNo: plate }),
    ...around(event.time),
    pageNo: 1,
    pageSize: 10,
  };
  const reply = await client.request("/artemis/api/pms/v1/crossRecords/page", body, { signal });
  const at = Date.parse(event.time);
  const distance = ({ crossTime }: Fields): number => {
    const time = Date.parse(platformTime(crossTime) ?? "");
    return Number.isNaN(time) ? Number.MAX_VALUE : Math.abs(time - at);
  };
  const [nearest] = listOf(fieldsOf(reply.data)?.list).sort((a, b) => distance(a) - distance(b));
  const uri = textOf(nearest?.vehiclePicUri);
  return uri === undefined ? [] : [{ kind: "plate", store: "vehicle", uri }];
}

function around(time: string): { startTime: string | undefined; endTime: string | undefined } {
  const at = Date.parse(time);
  return { startTime: platformTime(at - MARGIN_MS), endTime: platformTime(at + MARGIN_MS) };
}
