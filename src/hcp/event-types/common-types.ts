import type { CommonEventType } from "../../events";
import { accessEventTypes } from "./access";

/** All types of access control are `access`, unless the table below has another type. */
const access = accessEventTypes.map(({ code }): [number, CommonEventType] => [code, "access"]);

const commonTypes = new Map<number, CommonEventType>([
  ...access,
  [130, "licensePlate"],
  [131, "licensePlate"],
  [193, "temperature"],
  [194, "noMask"],
  [641, "deviceOffline"],
  [642, "deviceOffline"],
  [643, "vehicleMotion"],
  [644, "driver"],
  [645, "driver"],
  [646, "driver"],
  [647, "driver"],
  [648, "driver"],
  [649, "driver"],
  [650, "driver"],
  [651, "driver"],
  [652, "driver"],
  [653, "driver"],
  [654, "driver"],
  [655, "tamper"],
  [656, "panic"],
  [657, "vehicleMotion"],
  [658, "vehicleMotion"],
  [659, "vehicleMotion"],
  [660, "vehicleMotion"],
  [661, "vehicleMotion"],
  [662, "vehicleMotion"],
  [663, "regionEntrance"],
  [664, "vehicleMotion"],
  [665, "regionExit"],
  [49697, "face"],
  [66050, "storage"],
  [66053, "illegalAccess"],
  [66054, "storage"],
  [66055, "storage"],
  [66065, "videoQuality"],
  [66066, "videoQuality"],
  [66306, "deviceOffline"],
  [66311, "deviceOffline"],
  [103008, "traffic"],
  [131329, "videoLoss"],
  [131330, "tamper"],
  [131331, "motion"],
  [131585, "lineCrossing"],
  [131586, "regionEntrance"],
  [131587, "regionExit"],
  [131588, "intrusion"],
  [131590, "loitering"],
  [131591, "parking"],
  [131592, "rapidMove"],
  [131593, "gathering"],
  [131594, "objectLeft"],
  [131595, "objectRemoved"],
  [131596, "fight"],
  [131597, "intrusion"],
  [131598, "posture"],
  [131600, "loitering"],
  [131601, "tamper"],
  [131602, "tamper"],
  [131603, "absence"],
  [131604, "access"],
  [131605, "personDown"],
  [131608, "posture"],
  [131609, "posture"],
  [131610, "posture"],
  [131612, "tamper"],
  [131613, "tamper"],
  [131622, "licensePlate"],
  [131623, "audio"],
  [131659, "faceMatch"],
  [131664, "peopleCounting"],
  [131666, "posture"],
  [131667, "posture"],
  [131669, "loitering"],
  [131672, "peopleDensity"],
  [131673, "absence"],
  [131677, "fight"],
  [131678, "fight"],
  [131679, "traffic"],
  [131682, "absence"],
  [131702, "peopleDensity"],
  [131704, "face"],
  [131717, "absence"],
  [131841, "traffic"],
  [132374, "absence"],
  [133121, "peopleDensity"],
  [133122, "peopleDensity"],
  [192515, "fire"],
  [192517, "temperature"],
  [192518, "temperatureDifference"],
  [197107, "temperature"],
  [199608, "tamper"],
  [199708, "tamper"],
  [199709, "tamper"],
  [200497, "traffic"],
  [225309, "traffic"],
  [225404, "storage"],
  [225405, "storage"],
  [225406, "storage"],
  [225407, "storage"],
  [254101, "parking"],
  [364545, "motion"],
  [385050, "storage"],
  [385051, "storage"],
  [385052, "storage"],
  [385053, "storage"],
  [500016, "deviceOffline"],
  [500041, "personDown"],
  [500042, "posture"],
  [500043, "intrusion"],
  [500044, "audio"],
  [500045, "posture"],
  [500046, "alarmInput"],
  [500048, "posture"],
  [500049, "posture"],
  [500050, "posture"],
  [500051, "posture"],
  [589825, "alarmInput"],
  [1417219, "hardHat"],
  [1421313, "videoMetadata"],
  [1441795, "audio"],
  [1482753, "face"],
]);

/** Returns the common type of an event type code; `unknown` for a code without a counterpart or outside the guide. */
export function commonTypeOf(code: number): CommonEventType {
  return commonTypes.get(code) ?? "unknown";
}

/**
 * Codes of ends, each with the code of its start. The platform has no status for them: it sends both as separate
 * events.
 */
const beginnings = new Map<number, number>([
  [641, 642],
  [66311, 66306],
  [385051, 385050],
  [385053, 385052],
]);
const endings = new Set(beginnings.values());

/** Returns the code whose occurrence this code ends; undefined if it ends none. */
export function beginningOf(code: number): number | undefined {
  return beginnings.get(code);
}

/** Tells whether another code ends an occurrence that starts with this code. */
export function hasEnding(code: number): boolean {
  return endings.has(code);
}
