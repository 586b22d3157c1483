import { definedFields } from "../../../../core/fields";
import { textOf } from "../../../values";
import type { MessageKind } from "./kind";

const PLATE_READ = 131622;
const PLATE_MATCHED = 130;
const PLATE_MISMATCHED = 131;

/** Plates that were read (guide, A.2.2), and plates that match or do not match a group of vehicles (A.2.3). */
export const plate: MessageKind = {
  matches: ({ ability, eventType, data }) =>
    ability === "event_veh" ||
    [PLATE_READ, PLATE_MATCHED, PLATE_MISMATCHED].includes(eventType) ||
    "plateNo" in data,
  decode: ({ eventType, data }) => {
    const number = textOf(data.plateNo);
    const attributes = definedFields<unknown>({
      matched: eventType === PLATE_READ ? undefined : matchOf(eventType),
      vehicleGroupId: textOf(data.vehicleGroupIndexCode),
    });
    const uri = textOf(data.vehiclePicUri);
    return {
      targets: [
        {
          label: "vehicle",
          // `{}` stands for a vehicle without a readable plate.
          ...(number !== undefined && { plate: number }),
          ...(Object.keys(attributes).length > 0 && { attributes }),
        },
      ],
      imageAddresses: uri === undefined ? [] : [{ kind: "plate", store: "vehicle", uri }],
    };
  },
};

function matchOf(eventType: number): boolean | undefined {
  if (eventType === PLATE_MATCHED) return true;
  return eventType === PLATE_MISMATCHED ? false : undefined;
}
