import type { CommonEventType } from "../../events";

/**
 * Hikvision's vendor types for each event type. Sources: the ISAPI integration guides for cameras, recorders and
 * thermal cameras, and captures from devices. Devices use different upper and lower case.
 */
const table: Readonly<Partial<Record<CommonEventType, string>>> = {
  motion:
    "VMD MotionDetection motionDetection PIR PIRAlarm humanDetection VMDHumanVehicle peopleDetection humanRecognition",
  lineCrossing: "linedetection lineDetection advTraversePlane",
  intrusion: "fielddetection fieldDetection intrusionDetection fieldIntrusion humanEnter",
  regionEntrance: "regionEntrance enterArea reverseEntrance",
  regionExit: "regionExiting regionExit leaveArea",
  loitering: "loitering loiteringDetection retention yardTarry toiletTarry",
  gathering: "group groupDetection peopleGathering",
  rapidMove: "rapidMove fastMoving rapidMoving running",
  parking: "parking parkingDetection illegalParking parallelParking TFS_illegalParking TFS_parallelParking",
  objectLeft: "unattendedBaggage leftBaggage unattendedObject abandonedObject AID_abandonedObject",
  objectRemoved: "attendedBaggage objectRemoval takeObject",
  fallingObject: "objectsThrownDetection",
  // "Anormaly" is the spelling of the firmware.
  tamper:
    "shelteralarm tamperdetection tamper videotampering scenechangedetection defocus defocusDetection cameraMasked " +
    "hide block cameraAngleAnormaly vandalProof protectiveFilm",
  videoLoss: "videoloss sigLose",
  alarmInput: "IO IOAlarm alarmInput localAlarm softIO WLSensor IOTD",
  licensePlate:
    "ANPR vehicleMatchResult vehicledetection vehicleDetection plateRecognition vehicleControl vehicleRcogResult " +
    "blackList whiteList allVehicleList otherVehicleList",
  face: "facedetection faceDetection faceDetect faceCapture faceSnap faceSnapMatch faceSnapModeling",
  // HFPD and LFPD: a face appears too often, or too rarely.
  faceMatch:
    "alarmResult FaceContrast faceMatch faceContrastResult blackListMatch faceContrastSuccess faceContrastFailure " +
    "whiteFaceContrast whiteListFaceContrast blackListFaceContrast PictureCaptureComparision HFPD LFPD",
  peopleCounting:
    "PeopleCounting peopleCountingDetection peopleStatistics peopleNumChange counting heatmapPDC",
  peopleDensity:
    "PERSON_DENSITY_DETECTION personDensityDetection personQueueDetection crowdDensity framesPeopleCounting " +
    "peopleDensity personQueueTime personQueueCounting personQueueRealTime",
  objectCounting: "vehicleCounting targetCounting mixedTargetCounting TrafficFlow TFS TPS shipsFlowDetection",
  videoMetadata:
    "mixedTargetDetection MTD_face MTD_human MTD_vehicle MTD_nonMotor targetCapture HVTVehicleDetection heatmap " +
    "heatmapDuration humanAttribute",
  fire: "fireDetection smokeDetection smokeAndFireDetection fireSmokeDetect",
  temperature: "TMA TMPA TPMA thermometry temperatureAlarm temperaturePreAlarm highTempAlarm",
  temperatureDifference: "TDA temperatureDifference thermometryDiff temperatureDifferenceAlarm temperature",
  hardHat: "hardHat hatDetection hardHatDetection safetyHelmetDetection",
  access: "AccessControllerEvent accessControl cardMatch",
  doorbell:
    "doorbell voiceTalkEvent videoIntercomEvent VideoIntercomAlarm callStatus changedCallStatus doorbellpress bellRinging",
  storage:
    "diskfull diskerror diskunformat nodisk recordingfailure recordException storageDetection raidException " +
    "recordCycleAbnormal raidfailure hotSpare hdBadBlock hdImpact highHDTemperature lowHDTemperature severeHDFailure " +
    "sysStorFull facelibDiskError",
  audio: "audioexception audioDetection audioexceptiondetection audioLoss audioAbnormal",
  network: "nicbroken ipconflict netDisconnected",
  illegalAccess: "illAccess illegalAccess illegalLogin",
  deviceOffline: "ipcDisconnect deviceOffline nodeOffline ipcTransferAbnormal",
  alarmPanel: "cidEvent",
  panic: "callhelp",
  // "failDown" is a spelling of the firmware, too.
  personDown: "failDown fallDown",
  fight: "violentMotion fighting",
  absence: "leavePosition dozing",
  traffic:
    "AID AID_pedestrian AID_congestion AID_roadBlock AID_construction AID_trafficAccident AID_fogDetection " +
    "TFS_wrongDirection TFS_crossLane TFS_laneChange TFS_vehicleExist TFS_turnRound overSpeed intersectionAnalysis trafficJam",
  videoQuality:
    "badvideo videoException videomismatch resolutionmismatch VQDDiagnose luma chroma snow streak freeze clarity " +
    "jitter flowers noise ghost purple ICR",
  hardware:
    "poe poePowerException pocException voltageinstable fanfailure overheat spareException abnormalReboot " +
    "abnormalAcceleration certificateRevocation versionAbnormal",
  heartbeat: "heartbeat",
};

const byVendorType = new Map(
  Object.entries(table).flatMap(([type, names]) =>
    names
      .split(" ")
      .filter((name) => name !== "")
      .map((name) => [name.toLowerCase(), type as CommonEventType] as const),
  ),
);

/** Some firmware sends zero-width characters in the names of traffic events. */
const INVISIBLE = /[\u200b-\u200d\u2060\ufeff]/g;

/** Events without a duration: each report is a separate occurrence. */
const momentary: ReadonlySet<CommonEventType> = new Set([
  "licensePlate",
  "face",
  "faceMatch",
  "peopleCounting",
  "objectCounting",
  "access",
  "doorbell",
  // Its codes contain start and end. Its state stays active while the panel is armed.
  "alarmPanel",
  "videoMetadata",
  "heartbeat",
]);

/** Returns the event type of a vendor type; `unknown` if it is not in the table. */
export function commonType(vendorType: string): CommonEventType {
  return byVendorType.get(vendorType.replace(INVISIBLE, "").toLowerCase()) ?? "unknown";
}

/** Tells whether events of a type have no duration. */
export function isMomentary(type: CommonEventType): boolean {
  return momentary.has(type);
}

/** The vendor types in one spelling each, for pickers. */
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
