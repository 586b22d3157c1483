import type { CommonEventType } from "../../events";
import { accessEventTypes } from "./access";

/** Everything that opens, closes, grants or denies is `access`, unless the table below says otherwise. */
const access = accessEventTypes.map(({ code }): [number, CommonEventType] => [code, "access"]);

const commonTypes = new Map<number, CommonEventType>([
  ...access,
  [130, "licensePlate"],
  [131, "licensePlate"],
  [193, "temperature"],
  [642, "deviceOffline"],
  [655, "tamper"],
  [49697, "face"],
  [66050, "storage"],
  [66054, "storage"],
  [66055, "storage"],
  [66306, "deviceOffline"],
  [131329, "videoLoss"],
  [131330, "tamper"],
  [131331, "motion"],
  [131585, "lineCrossing"],
  [131586, "regionEntrance"],
  [131587, "regionExit"],
  [131588, "intrusion"],
  [131590, "loitering"],
  [131622, "licensePlate"],
  [131659, "faceMatch"],
  [131672, "peopleDensity"],
  [131702, "peopleDensity"],
  [192515, "fire"],
  [192517, "temperature"],
  [192518, "temperatureDifference"],
  [197107, "temperature"],
  [199608, "tamper"],
  [199708, "tamper"],
  [199709, "tamper"],
  [225404, "storage"],
  [225405, "storage"],
  [225406, "storage"],
  [225407, "storage"],
  [364545, "motion"],
  [500016, "deviceOffline"],
  [500043, "intrusion"],
  [500046, "alarmInput"],
  [589825, "alarmInput"],
  [1417219, "hardHat"],
  [1482753, "face"],
]);

/** The common type of an event type code; `unknown` for what has no counterpart or is in no guide. */
export function commonTypeOf(code: number): CommonEventType {
  return commonTypes.get(code) ?? "unknown";
}
