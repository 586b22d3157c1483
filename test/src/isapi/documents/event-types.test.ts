import assert from "node:assert/strict";
import { isCommonEventType, type CommonEventType } from "../../../../src/events";
import { commonType, isMomentary } from "../../../../src/isapi/documents/event-types";

/** Vendor types of devices and of the vendor's own client that are not in the guides. */
const named: readonly (readonly [CommonEventType, string])[] = [
  ["motion", "VMDHumanVehicle peopleDetection humanRecognition"],
  ["lineCrossing", "advTraversePlane"],
  ["intrusion", "humanEnter"],
  ["regionEntrance", "reverseEntrance"],
  ["loitering", "retention yardTarry"],
  ["rapidMove", "running"],
  ["parking", "TFS_illegalParking TFS_parallelParking"],
  ["objectLeft", "abandonedObject AID_abandonedObject"],
  ["fallingObject", "objectsThrownDetection"],
  ["videoLoss", "sigLose"],
  ["alarmInput", "softIO WLSensor IOTD"],
  ["tamper", "hide block cameraAngleAnormaly vandalProof protectiveFilm"],
  [
    "licensePlate",
    "vehicleControl vehicleRcogResult blackList whiteList allVehicleList otherVehicleList ANPR vehicledetection",
  ],
  ["face", "faceDetect faceSnapModeling"],
  [
    "faceMatch",
    "faceContrastSuccess faceContrastFailure whiteFaceContrast whiteListFaceContrast blackListFaceContrast HFPD LFPD",
  ],
  ["peopleCounting", "peopleNumChange counting heatmapPDC"],
  ["peopleDensity", "personQueueTime personQueueCounting personQueueRealTime"],
  ["objectCounting", "TPS"],
  [
    "videoMetadata",
    "mixedTargetDetection MTD_face MTD_human MTD_vehicle MTD_nonMotor targetCapture HVTVehicleDetection heatmap humanAttribute",
  ],
  ["temperature", "highTempAlarm"],
  ["temperatureDifference", "temperature"],
  ["hardHat", "safetyHelmetDetection"],
  ["audio", "audioLoss audioAbnormal"],
  ["access", "cardMatch AccessControllerEvent"],
  [
    "storage",
    "hdBadBlock hdImpact highHDTemperature lowHDTemperature severeHDFailure diskUnformat recordCycleAbnormal " +
      "raidfailure hotSpare sysStorFull facelibDiskError",
  ],
  ["deviceOffline", "nodeOffline ipcTransferAbnormal"],
  [
    "doorbell",
    "voiceTalkEvent VideoIntercomEvent VideoIntercomAlarm callStatus changedCallStatus doorbellpress",
  ],
  ["alarmPanel", "cidEvent"],
  ["panic", "callhelp"],
  ["personDown", "failDown fallDown"],
  ["fight", "violentMotion fighting"],
  ["absence", "leavePosition dozing"],
  [
    "traffic",
    "AID AID_pedestrian AID_congestion AID_roadBlock AID_construction AID_trafficAccident AID_fogDetection " +
      "TFS_wrongDirection TFS_crossLane TFS_laneChange TFS_vehicleExist TFS_turnRound overSpeed intersectionAnalysis trafficJam",
  ],
  [
    "videoQuality",
    "badvideo videoException videomismatch resolutionmismatch VQDDiagnose luma chroma snow streak freeze clarity " +
      "jitter flowers noise ghost purple ICR",
  ],
  [
    "hardware",
    "poe poePowerException pocException voltageinstable fanfailure overheat spareException abnormalReboot " +
      "certificateRevocation versionAbnormal",
  ],
  [
    "unknown",
    "ROI behavior intelliTrace POS shipsDetection trail operateOverTime stickUp installScanner tagInfo cityManagement " +
      "baseStationInfo",
  ],
];

describe("the event type of a vendor type", () => {
  for (const [type, vendorTypes] of named) {
    it(`is ${type} for ${vendorTypes}`, () => {
      assert.ok(isCommonEventType(type));
      const actual = vendorTypes.split(" ").map((vendorType) => `${vendorType}: ${commonType(vendorType)}`);
      assert.deepEqual(
        actual,
        vendorTypes.split(" ").map((vendorType) => `${vendorType}: ${type}`),
      );
    });
  }

  it("does not depend on upper and lower case or on invisible characters", () => {
    assert.equal(commonType("FAILDOWN"), "personDown");
    assert.equal(commonType("AID_\u200bpedestrian\ufeff"), "traffic");
  });

  it("has a duration or not", () => {
    const momentary = ["doorbell", "alarmPanel", "videoMetadata", "access"] as const;
    assert.deepEqual(momentary.map(isMomentary), [true, true, true, true]);
    assert.equal(isMomentary("personDown"), false);
  });
});
