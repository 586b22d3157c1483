/**
 * Every `type` of a common event: a closed list, so that a flow can switch on it. Any other event of a vendor is
 * `unknown`, with the vendor's own name in `vendorType`.
 */
export const commonEventTypes = [
  "motion",
  "lineCrossing",
  "intrusion",
  "regionEntrance",
  "regionExit",
  "loitering",
  "tamper",
  "videoLoss",
  "alarmInput",
  "licensePlate",
  "face",
  "faceMatch",
  "peopleCounting",
  "peopleDensity",
  "objectCounting",
  "fire",
  "temperature",
  "temperatureDifference",
  "hardHat",
  "access",
  "storage",
  "objectLeft",
  "objectRemoved",
  "parking",
  "rapidMove",
  "gathering",
  "audio",
  "network",
  "illegalAccess",
  "deviceOffline",
  "videoMetadata",
  "objectLeftOrRemoved",
  "fallingObject",
  "twoWheeler",
  "doorbell",
  "alarmPanel",
  "panic",
  "personDown",
  "fight",
  "absence",
  "traffic",
  "videoQuality",
  "hardware",
  "posture",
  "driver",
  "vehicleMotion",
  "noMask",
  "heartbeat",
  "unknown",
] as const;

export type CommonEventType = (typeof commonEventTypes)[number];

export function isCommonEventType(value: unknown): value is CommonEventType {
  return (commonEventTypes as readonly unknown[]).includes(value);
}
