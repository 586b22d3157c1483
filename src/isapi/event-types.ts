import type { CommonEventType } from "../events";

/**
 * Hikvision's event types and what they are called here. Sources: the ISAPI integration guides for cameras, recorders
 * and thermal cameras; for the others, what devices were seen to send. Devices disagree on upper and lower case.
 */
const table: Readonly<Partial<Record<CommonEventType, string>>> = {
  motion: "VMD MotionDetection motionDetection PIR PIRAlarm mixedTargetDetection humanDetection",
  lineCrossing: "linedetection lineDetection",
  intrusion: "fielddetection fieldDetection intrusionDetection fieldIntrusion",
  regionEntrance: "regionEntrance enterArea",
  regionExit: "regionExiting regionExit leaveArea",
  loitering: "loitering loiteringDetection",
  gathering: "group groupDetection peopleGathering",
  rapidMove: "rapidMove fastMoving rapidMoving",
  parking: "parking parkingDetection illegalParking",
  objectLeft: "unattendedBaggage leftBaggage unattendedObject",
  objectRemoved: "attendedBaggage objectRemoval takeObject",
  tamper:
    "shelteralarm tamperdetection tamper videotampering scenechangedetection defocus defocusDetection cameraMasked",
  videoLoss: "videoloss",
  alarmInput: "IO IOAlarm alarmInput localAlarm",
  licensePlate: "ANPR vehicleMatchResult vehicledetection vehicleDetection plateRecognition",
  face: "facedetection faceDetection faceCapture faceSnap faceSnapMatch",
  faceMatch: "alarmResult FaceContrast faceMatch faceContrastResult blackListMatch",
  peopleCounting: "PeopleCounting peopleCountingDetection peopleStatistics",
  peopleDensity:
    "PERSON_DENSITY_DETECTION personDensityDetection personQueueDetection crowdDensity framesPeopleCounting peopleDensity",
  objectCounting: "vehicleCounting targetCounting mixedTargetCounting TrafficFlow TFS",
  fire: "fireDetection smokeDetection smokeAndFireDetection fireSmokeDetect",
  temperature: "TMA TMPA TPMA thermometry temperatureAlarm temperaturePreAlarm",
  temperatureDifference: "TDA temperatureDifference thermometryDiff temperatureDifferenceAlarm",
  hardHat: "hardHat hatDetection hardHatDetection safetyHelmetDetection",
  access: "AccessControllerEvent accessControl doorbell voiceTalkEvent videoIntercomEvent",
  storage:
    "diskfull diskerror diskunformat nodisk recordingfailure recordException storageDetection raidException",
  audio: "audioexception audioDetection audioexceptiondetection",
  network: "nicbroken ipconflict netDisconnected",
  illegalAccess: "illAccess illegalAccess illegalLogin",
  deviceOffline: "ipcDisconnect deviceOffline",
  heartbeat: "heartbeat",
  // What only other brands report.
  videoMetadata: "",
  objectLeftOrRemoved: "",
  fallingObject: "",
  twoWheeler: "",
  unknown: "",
};

const byVendorType = new Map(
  Object.entries(table).flatMap(([type, names]) =>
    names
      .split(" ")
      .filter((name) => name !== "")
      .map((name) => [name.toLowerCase(), type as CommonEventType] as const),
  ),
);

/** Events that happen and are over: every report is one of its own. */
const momentary: ReadonlySet<CommonEventType> = new Set([
  "licensePlate",
  "face",
  "faceMatch",
  "peopleCounting",
  "objectCounting",
  "access",
  "heartbeat",
]);

/** @returns `unknown` for what no table knows */
export function commonType(vendorType: string): CommonEventType {
  return byVendorType.get(vendorType.toLowerCase()) ?? "unknown";
}

export function isMomentary(type: CommonEventType): boolean {
  return momentary.has(type);
}

/** The vendor's names, for pickers: one spelling each. */
export const isapiEventTypes: readonly { vendorType: string; type: CommonEventType }[] = [
  ...new Map(
    Object.entries(table).flatMap(([type, names]) =>
      names
        .split(" ")
        .filter((name) => name !== "")
        .map((name) => [name.toLowerCase(), { vendorType: name, type: type as CommonEventType }] as const),
    ),
  ).values(),
];
