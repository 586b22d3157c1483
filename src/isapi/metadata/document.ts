import { deviceTime } from "../documents/device-time";
import { commonType } from "../documents/event-types";
import { isFields, numberOf, textOf, type Fields } from "../../core/fields";
import type { ThermalReading } from "../thermal/readings";
import { parseXml } from "../documents/xml";
import { readingsOf, readTargets, type MetadataTarget } from "./targets";

/** A document of a camera's metadata track. */
export interface MetadataDocument {
  /** `activityTarget` from all known cameras; the root element if the document has no type. */
  type: string;
  /** `thermometry`, `fireDetection`, or another kind. */
  subType?: string;
  /** ISO 8601, from the camera's clock. */
  time: string;
  receivedTime: string;
  device: { host?: string; port?: number; mac?: string };
  /** The camera's own number of the channel. */
  channel: string;
  targets: MetadataTarget[];
  /** The temperatures of each rule, in the same form as from isapi-thermometry. */
  readings: ThermalReading[];
  /** The whole document, parsed; values stay text. */
  details: Fields;
}

/**
 * Reads a document of a metadata track. Source: thermal guide, chapter "Metadata".
 *
 * @param now milliseconds since 1970
 * @throws {SurveillanceError} ISAPI_REPLY for malformed XML
 */
export function readMetadata(xml: string, now: number): MetadataDocument {
  const { root, value } = parseXml(xml);
  const details = isFields(value) ? value : { value };
  const subType = textOf(details, "subType");
  const detection = details.TargetDetection;
  const targets = readTargets(isFields(detection) ? detection.TargetList : undefined);
  return {
    type: textOf(details, "type") ?? root,
    ...(subType !== undefined && { subType }),
    time: deviceTime(textOf(details, "time"), now),
    receivedTime: new Date(now).toISOString(),
    device: readDevice(details.DevInfo),
    channel: textOf(details.DevInfo, "channel", "channelID") ?? "0",
    targets,
    // The temperature of a fire does not come from a rule.
    readings: commonType(subType ?? "") === "fire" ? [] : readingsOf(targets),
    details,
  };
}

function readDevice(info: unknown): MetadataDocument["device"] {
  const [host, mac] = [textOf(info, "ipAddress"), textOf(info, "macAddress")];
  const port = numberOf(info, "portNo");
  return {
    ...(host !== undefined && { host }),
    ...(port !== undefined && { port }),
    ...(mac !== undefined && { mac }),
  };
}
