import { deviceTime } from "../documents/device-time";
import { commonType } from "../documents/event-types";
import { isFields, numberOf, textOf, type Fields } from "../documents/fields";
import type { ThermalReading } from "../thermal/readings";
import { parseXml } from "../xml";
import { readingsOf } from "./rule-readings";
import { readTargets, type MetadataTarget } from "./target";

/** What a camera's metadata track tells of one moment. */
export interface MetadataDocument {
  /** `activityTarget` at all known cameras; the root element where there is no type. */
  type: string;
  /** `thermometry`, `fireDetection`, or what else the camera sends. */
  subType?: string;
  /** ISO 8601, as the camera counts it. */
  time: string;
  receivedTime: string;
  device: { host?: string; port?: number; mac?: string };
  /** As the camera counts. */
  channel: string;
  targets: MetadataTarget[];
  /** The temperatures rule by rule, in the form that isapi-thermometry gives them. */
  readings: ThermalReading[];
  /** The whole document, parsed; text kept as text. */
  details: Fields;
}

/**
 * Reads a document of a metadata track. Source: thermal guide, chapter "Metadata".
 *
 * @param now milliseconds since 1970
 * @throws {SurveillanceError} ISAPI_REPLY: no XML that can be read
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
    // A fire has a temperature, but no rule measured it.
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
