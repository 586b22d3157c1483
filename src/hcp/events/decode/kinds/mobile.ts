import { findEventType } from "../../../event-types";
import { definedFields } from "../../../../core/fields";
import { fieldsOf, listOf, meaningOf, numberOf, textOf, type Fields } from "../../../values";
import type { MessageKind } from "./kind";

const vehicleTypes = { "0": "other", "1": "small", "2": "large", "3": "motorcycle" };
const speedUnits = { "0": "km/h", "1": "mph" };
const BY_ADDRESS = "0";
/** Hundredths of a second of arc: degrees · 360000 + minutes · 6000 + seconds · 100. */
const PER_DEGREE = 360_000;

/** Vehicles with a mobile device: position, owner, clips (guide, A.2.5). */
export const mobile: MessageKind = {
  matches: ({ eventType, data, fields }) =>
    textOf(fields.srcType) === "mobileVehicle" ||
    "gps" in data ||
    findEventType(eventType)?.source === "mobileVehicle",
  decode: ({ data }) => {
    const gps = fieldsOf(data.gps) ?? {};
    const vehicle = fieldsOf(data.vehicle) ?? {};
    const plate = textOf(vehicle.plateNo);
    const attributes = definedFields<unknown>({
      longitude: degrees(gps.longitude),
      latitude: degrees(gps.latitude),
      heading: numberOf(gps.direction),
      speed: numberOf(gps.speed),
      speedUnit: meaningOf(gps.speedUnit, speedUnits),
      owner: textOf(vehicle.ownerName),
      phone: textOf(vehicle.phoneNo),
      // -1 is "not set".
      vehicleType:
        numberOf(vehicle.vehicleType) === -1 ? undefined : meaningOf(vehicle.vehicleType, vehicleTypes),
    });
    return {
      targets: [{ label: "vehicle", ...(plate !== undefined && { plate }), attributes }],
      imageAddresses: listOf(data.urlList)
        .filter((entry) => textOf(entry.format) === BY_ADDRESS && isImage(entry))
        .map((entry) => ({ kind: "overview" as const, uri: textOf(entry.url) ?? "" }))
        .filter(({ uri }) => uri !== ""),
    };
  },
};

function isImage(entry: Fields): boolean {
  return textOf(fieldsOf(entry.expandInfo)?.mediaType) !== "VideoClip";
}

function degrees(value: unknown): number | undefined {
  const number = numberOf(value);
  return number !== undefined && Math.abs(number) > 180 ? number / PER_DEGREE : number;
}
