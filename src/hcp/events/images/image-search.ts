import type { CommonEvent } from "../../../events";
import type { HcpClient } from "../../request/client";
import { platformTime } from "../../time";
import type { ImageAddress } from "../decode/kinds";
import { recordImages } from "../decode/record";
import { fieldsOf, listOf, textOf, type Fields } from "../../values";

/** A record begins at most this much before or after the time of its message. */
const MARGIN_MS = 60_000;

/** Returns the images in the record of an event (guide, 5.5.2), for a message without images. */
export async function eventRecordImages(
  client: HcpClient,
  event: CommonEvent,
  signal: AbortSignal,
): Promise<ImageAddress[]> {
  const body = { eventIndexCode: event.id, ...around(event.time), pageNo: 1, pageSize: 1 };
  const { data } = await client.request("/artemis/api/eventService/v1/eventRecords/page", body, { signal });
  return listOf(fieldsOf(data)?.list).flatMap(recordImages);
}

/** Returns the image of a vehicle whose plate was read (guide, 5.7). The record of its event has no image. */
export async function passingVehicleImages(
  client: HcpClient,
  event: CommonEvent,
  signal: AbortSignal,
): Promise<ImageAddress[]> {
  const plate = event.targets[0]?.plate;
  const body = {
    cameraIndexCode: event.channel.id,
    ...(plate !== undefined && plate.length <= 16 && { plateNo: plate }),
    ...around(event.time),
    pageNo: 1,
    pageSize: 10,
  };
  const { data } = await client.request("/artemis/api/pms/v1/crossRecords/page", body, { signal });
  const at = Date.parse(event.time);
  const distance = ({ crossTime }: Fields): number => {
    const time = Date.parse(platformTime(crossTime) ?? "");
    return Number.isNaN(time) ? Number.MAX_VALUE : Math.abs(time - at);
  };
  const [nearest] = listOf(fieldsOf(data)?.list).sort((a, b) => distance(a) - distance(b));
  const uri = textOf(nearest?.vehiclePicUri);
  return uri === undefined ? [] : [{ kind: "plate", store: "vehicle", uri }];
}

function around(time: string): { startTime: string | undefined; endTime: string | undefined } {
  const at = Date.parse(time);
  return { startTime: platformTime(at - MARGIN_MS), endTime: platformTime(at + MARGIN_MS) };
}
